// leaves promises that fail, and nobody who looks
// inputs: ["one", "two"]
// ends: ok
// results: ["one", "two"]
export default async input => {
	for (let at = 0; at < 100; at++) Promise.reject(new Error('nobody looks'));
	await null;
	Promise.reject(null);
	return input;
};
