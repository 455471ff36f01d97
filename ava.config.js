export default {
	extensions: ['ts'],
	files: ['test/**/*.test.ts'],
	timeout: '60s',
	workerThreads: false,
	nodeArguments: ['--conditions=source', '--no-node-snapshot'],
};
