// is ended in the middle of a call of the host's
// ends: TIMEOUT or CPU_LIMIT
// policy: {"wallMs": 150}
export default () => {
	for (;;) {
		try {
			crypto.randomUUID();
		} catch (error) {
			console.log(error.stack);
		}
	}
};
