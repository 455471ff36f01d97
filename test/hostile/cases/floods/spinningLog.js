// prints for ever
// ends: CPU_LIMIT
// policy: {"cpuMs": 100}
export default () => {
	for (;;) console.error(new Error('again'), {a: [1, 2, {b: new Map([[1, 2]])}]});
};
