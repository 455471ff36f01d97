// returns a proxy that was revoked
// ends: RESULT_NOT_SERIALIZABLE or FUNCTION_THREW
export default () => {
	const {proxy, revoke} = Proxy.revocable({}, {});
	const box = {proxy};
	revoke();
	return box;
};
