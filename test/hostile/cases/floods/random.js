// draws more random bytes than there is time for
// ends: TIMEOUT or CPU_LIMIT
// policy: {"wallMs": 300}
export default () => {
	for (;;) crypto.getRandomValues(new Uint32Array(16_384));
};
