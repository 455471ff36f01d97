// becomes another function after it was checked
// inputs: [1, 2]
// ends: ok
// results: ["checked", "checked"]
let handler = () => 'checked';
Object.defineProperty(module.exports, 'default', {
	get: () => handler,
	set(value) {
		handler = value;
	},
	configurable: true,
});
setTimeout(() => {
	module.exports.default = () => 'swapped';
}, 0);
