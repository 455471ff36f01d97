// occupies a thread after every call
// inputs: [1, 2]
// ends: ok
// results: [1, 2]
// everywhere: yes
export default input => {
	let later = Promise.resolve();
	for (let at = 0; at < 20; at++) later = later.then(() => {});
	later.then(() => {
		while (true);
	});
	return input;
};
