// prints what never becomes a primitive
// ends: TIMEOUT
// policy: {"wallMs": 200}
const spin = () => {
	while (true);
};
export default () => {
	const odd = Object.defineProperty({[Symbol.toPrimitive]: spin}, Symbol.toStringTag, {get: spin});
	console.log('%i', Object.defineProperty(() => {}, 'name', {get: spin}), odd);
};
