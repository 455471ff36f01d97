// asks the host for names that are long and strange
// ends: TIMEOUT or CPU_LIMIT
// policy: {"wallMs": 300}
export default () => {
	const odd = ['\u00df', '\u200d', 'xn--', '\ud83d\ude00', '\u0661'];
	for (let at = 0; ; at++) {
		const name = odd[at % odd.length].repeat(1 + (at % 3000));
		URL.canParse(`http://${name}.example/`);
	}
};
