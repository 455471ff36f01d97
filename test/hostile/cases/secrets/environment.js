// shows all that it can see of its surroundings
// ends: ok
export default function (input, context) {
	const all = {};
	for (const name of Object.getOwnPropertyNames(globalThis)) all[name] = String(globalThis[name]).slice(0, 500);
	return {all, context, input, self: String(this), stack: new Error('here').stack, args: [...arguments].map(String)};
}
