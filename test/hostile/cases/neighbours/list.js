// spoils one call of a list, and not those before and after it
// inputs: [0, 0, 0, 0, 0, 0, 1, 2, 3, 4]
// together: 4
// ends: ok, ok, ok, ok, ok, ok, ok, TIMEOUT, ok, ok
// policy: {"wallMs": 1500}
// results: [0, 0, 0, 0, 0, 0, 1, null, 3, 4]
export default input => {
	while (input === 2);
	return input;
};
