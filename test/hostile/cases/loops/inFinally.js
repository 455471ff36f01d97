// goes on in finally and in catch whenever it is stopped
// ends: TIMEOUT
// policy: {"wallMs": 200}
export default () => {
	for (;;) {
		try {
			while (true);
		} catch {
			for (;;);
		} finally {
			continue;
		}
	}
};
