import {availableParallelism} from 'node:os';

export default {
	extensions: ['ts'],
	files: ['test/**/*.test.ts'],
	timeout: '60s',
	workerThreads: false,
	// Half of its time a file waits, for brokers that start and for heartbeats that stay away.
	concurrency: availableParallelism() + 1,
	nodeArguments: ['--conditions=source', '--no-node-snapshot'],
};
