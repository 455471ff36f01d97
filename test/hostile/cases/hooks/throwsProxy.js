// throws what throws whenever it is touched
// ends: FUNCTION_THREW
const fail = () => {
	throw new Error('do not touch');
};
export default () => {
	throw new Proxy(() => {}, new Proxy({}, {get: () => fail}));
};
