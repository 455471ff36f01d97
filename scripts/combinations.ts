// `npm run test:combinations [-- ava's arguments]`: the suites of whole nodes and of the loop, on each pair of
// a broker and a store that Warren promises the same meaning for. A run of all tests tries a part of this.
import {spawnSync} from 'node:child_process';
import process from 'node:process';
import {combinations} from '../test/harness/combination.ts';

const suites = [
	...['test/acceptance/**', 'test/system/**', 'test/runtime/**'],
	...['node', 'breaker', 'amqpRabbit'].map(name => `test/gateway/${name}.test.ts`),
];

const failed = combinations.filter(on => {
	console.log(`combinations: ${on}`);
	const given = process.argv.slice(2);
	const {status} = spawnSync(
		process.execPath,
		[...process.execArgv, 'scripts/test.ts', '--timeout=10m', ...(given.length > 0 ? given : suites)],
		{stdio: 'inherit', env: {...process.env, WARREN_TEST_COMBINATION: on}},
	);
	return status !== 0;
});
console.log(
	`combinations: ${failed.length > 0 ? `NOT the same on ${failed.join(', ')}` : 'the same on all'}`,
);
process.exitCode = failed.length > 0 ? 1 : 0;
