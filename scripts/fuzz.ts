// `npm run fuzz [-- --cases 100000 --seed N --door rest|amqp]`: what the tests try with a few thousand
// cases, with many and from another seed. It says the seed, and exits with the code of the tests.
import {spawnSync} from 'node:child_process';
import {randomInt} from 'node:crypto';
import {variables} from '../test/fuzz/plan.ts';
import {readArgs, wholeNumber} from './commandLine.ts';

const usage = `Usage: npm run fuzz -- [--cases 100000] [--seed N] [--door rest|amqp|all]
  npm run fuzz -- --door amqp                   both brokers, 100,000 cases each, from a new seed
  npm run fuzz -- --cases 2000 --seed 20261121  again what a run has said`;

const doors = {rest: 'test/fuzz/rest.test.ts', amqp: 'test/fuzz/amqp*.test.ts', all: 'test/fuzz/*.test.ts'};

const options = {
	cases: {type: 'string', default: '100000'},
	seed: {type: 'string', default: String(randomInt(1, 2 ** 29))},
	door: {type: 'string', default: 'all'},
} as const;
const {cases, seed, door} = readArgs(usage, {options}, ({values}) => {
	for (const name of ['cases', 'seed'] as const) wholeNumber(`--${name}`, values[name]);
	if (!Object.hasOwn(doors, values.door))
		throw new TypeError(`Expected --door to be rest, amqp or all, got \`${values.door}\``);
	return values;
});
console.log(
	`fuzz: ${cases} cases, seed ${seed}; again with: npm run fuzz -- --cases ${cases} --seed ${seed}`,
);

// One door after the other, each with a process and a node of its own: a case that takes long should do so by
// itself. Ava gives up after what a test says.
const ava = [doors[door as keyof typeof doors], '--concurrency', '1', '--timeout', '12h'];
const {status} = spawnSync(process.execPath, [...process.execArgv, 'scripts/test.ts', ...ava], {
	stdio: 'inherit',
	env: {...process.env, [variables.cases]: cases, [variables.seed]: seed},
});
process.exit(status ?? 1);
