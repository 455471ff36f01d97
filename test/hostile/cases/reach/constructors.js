// reaches for the host by the constructors of all that it is given
// ends: ok
// results: [[]]
export default function (input, context) {
	const given = [this, input, context, context.log, context.log.info, context.env, console, console.log, setTimeout, crypto, crypto.getRandomValues, performance, performance.now, queueMicrotask, structuredClone, URL, new URL('http://a/'), AbortSignal.abort(), new TextEncoder(), new Event('x')];
	const codes = ['return process', 'return require', 'return this.process.pid', 'return process.mainModule.require("fs")', 'return globalThis.process.binding("fs")'];
	return given.flatMap(one => codes.map(code => {
		try {
			const got = Object(one).constructor.constructor(code)();
			return got === undefined ? [] : [String(got)];
		} catch {
			return [];
		}
	})).flat();
}
