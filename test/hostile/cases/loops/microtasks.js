// starves everything with microtasks
// ends: TIMEOUT
// policy: {"wallMs": 200}
export default () => {
	const again = () => queueMicrotask(again);
	again();
	return new Promise(() => {});
};
