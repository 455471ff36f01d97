// `npm run test:combinations [-- PAIR … ava's arguments]`: the suites of whole nodes and of the loop, on
// these pairs of a broker and a store (`rabbit+postgres`), or on each that Warren promises the same meaning for.
// A run of all tests tries a part of this.
import {spawnSync} from 'node:child_process';
import process from 'node:process';
import {combinations} from '../test/harness/combinations.ts';

const suites = [
	...['test/acceptance/**', 'test/system/**', 'test/runtime/**'],
	...['amqpCancelRabbit', 'amqpRabbit', 'audit', 'breaker', 'map', 'mapDeath', 'node'].map(
		name => `test/gateway/${name}.test.ts`,
	),
];

const given = process.argv.slice(2);
if (given.includes('--help')) {
	console.log(
		`usage: npm run test:combinations [-- PAIR …] [ava's arguments]\npairs: ${combinations.join(', ')}`,
	);
	process.exit(0);
}
const isPair = (word: string) => combinations.some(one => one === word);
const asked = combinations.filter(one => given.includes(one));
const toAva = given.filter(word => !isPair(word));

const failed = (asked.length > 0 ? asked : combinations).filter(on => {
	console.log(`combinations: ${on}`);
	const {status} = spawnSync(
		process.execPath,
		[...process.execArgv, 'scripts/test.ts', '--timeout=10m', ...(toAva.length > 0 ? toAva : suites)],
		{stdio: 'inherit', env: {...process.env, WARREN_TEST_COMBINATION: on}},
	);
	return status !== 0;
});
console.log(
	`combinations: ${failed.length > 0 ? `tests failed on ${failed.join(', ')}` : 'all tests passed'}`,
);
process.exitCode = failed.length > 0 ? 1 : 0;
