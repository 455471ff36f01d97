import {availableParallelism} from 'node:os';

// Those that wait longest begin first, so that none of them runs on alone at the end.
const slow = [
	'transport/rabbitBroken',
	'acceptance/kill',
	'chaos/chaos',
	'hostile/memory',
	'system/alarm',
	'system/drain',
	'system/scaleWorkers',
	'system/scaleSupervised',
	'spill/faults',
	'worker/executorsFaults',
	'transport/rabbitRestart',
];
const rank = file => (slow.some(name => file.endsWith(`${name}.test.ts`)) ? 0 : 1);

export default {
	extensions: ['ts'],
	files: ['test/**/*.test.ts'],
	sortTestFiles: (a, b) => rank(a) - rank(b) || a.localeCompare(b),
	timeout: '60s',
	workerThreads: false,
	// Half of its time a file waits, for brokers that start and for heartbeats that stay away.
	concurrency: 2 * availableParallelism(),
	require: ['./test/harness/ending.ts'],
	nodeArguments: ['--conditions=source', '--no-node-snapshot'],
};
