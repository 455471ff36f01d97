// formats stacks for ever
// ends: TIMEOUT
// policy: {"wallMs": 200}
export default () => {
	Error.prepareStackTrace = () => {
		while (true);
	};
	throw new Error('format me');
};
