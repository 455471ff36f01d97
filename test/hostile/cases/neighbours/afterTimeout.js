// is ended for its time, and its next call finds nothing of it
// inputs: ["loop", "look"]
// ends: TIMEOUT, ok
// policy: {"wallMs": 1500}
// results: [null, "clean"]
let state = 'clean';
export default async input => {
	if (input === 'look') return state;
	state = 'dirty';
	for (;;) await null;
};
