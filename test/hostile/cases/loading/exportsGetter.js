// has a handler that is never read to its end
// ends: TIMEOUT or CPU_LIMIT
// policy: {"cpuMs": 200}
// at: deploy
Object.defineProperty(module.exports, 'default', {
	get() {
		while (true);
	},
});
