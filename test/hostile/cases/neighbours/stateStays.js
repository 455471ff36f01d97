// leaves a trap in its globals for the next call of its own version
// inputs: ["set", "see"]
// ends: ok
// policy: {"isolation": "fresh"}
// results: ["clean", "clean"]
export default () => {
	const seen = globalThis.trap ?? 'clean';
	globalThis.trap = 'trapped';
	Object.prototype.trap = 'trapped';
	return seen;
};
