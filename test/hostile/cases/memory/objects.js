// links objects for ever
// ends: MEMORY_LIMIT
export default () => {
	let head = null;
	for (let at = 0; ; at++) head = {at, text: `${at}`, next: head};
};
