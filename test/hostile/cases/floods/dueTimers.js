// sets timers faster than they can fire
// ends: TIMEOUT or MEMORY_LIMIT
// policy: {"wallMs": 400}
export default () =>
	new Promise(() => {
		const breed = () => {
			setTimeout(breed, 0);
			setTimeout(breed, 0);
		};
		breed();
	});
