// throws what has a message without end
// ends: CPU_LIMIT
// policy: {"cpuMs": 100}
export default () => {
	throw {
		get message() {
			while (true);
		},
	};
};
