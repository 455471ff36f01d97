// iterates an async generator that never yields
// ends: TIMEOUT
// policy: {"wallMs": 200}
async function* endless() {
	for (;;) await 0;
}
export default async () => {
	for await (const one of endless()) return one;
};
