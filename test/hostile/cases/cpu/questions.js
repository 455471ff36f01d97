// keeps the host busy with questions
// ends: TIMEOUT or CPU_LIMIT
// policy: {"wallMs": 300}
export default () => {
	const bytes = new Uint8Array(65_536);
	for (;;) {
		crypto.getRandomValues(bytes);
		URL.canParse(`http://\u00e4${bytes[0]}.example/`);
	}
};
