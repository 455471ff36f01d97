// The globals of a sandbox against those of Node: the same expression, evaluated in both.
import {runInThisContext} from 'node:vm';
import test, {type ExecutionContext} from 'ava';
import {buildOf, engineOf, opened, resultOf, runOne} from './world.ts';

/** A sandbox that evaluates what it is given. */
async function evaluator(t: ExecutionContext) {
	const sandbox = await opened(engineOf(t), await buildOf('export default code => (0, eval)(code);'));
	return async (code: string) => {
		const outcome = await runOne(sandbox, `(async () => { ${code} })()`);
		if (outcome.failure) return outcome.failure;
		return resultOf(outcome);
	};
}

/** In Node, with the same crossing by JSON. */
async function inNode(code: string): Promise<unknown> {
	const value: unknown = await runInThisContext(`(async () => { ${code} })()`);
	return value === undefined ? null : JSON.parse(JSON.stringify(value));
}

const error = (code: string) => `try { ${code} } catch (e) { return [e.name, e instanceof Error]; }`;

const same: Readonly<Record<string, readonly string[]>> = {
	'text is encoded and decoded': [
		'return [...new TextEncoder().encode("aé世🎉\\ud800x")]',
		'return new TextEncoder().encodeInto("世界", new Uint8Array(4))',
		'return new TextDecoder().decode(new Uint8Array([0xef, 0xbb, 0xbf, 0x61, 0xe4, 0xb8, 0x96]))',
		'return new TextDecoder("utf-8", {ignoreBOM: true}).decode(new Uint8Array([0xef, 0xbb, 0xbf, 0x61])).length',
		'return new TextDecoder().decode(new Uint8Array([0x61, 0xff, 0xf0, 0x9f, 0x8e, 0x61, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0xe4, 0xb8]))',
		'const d = new TextDecoder(); return [d.decode(new Uint8Array([0xf0, 0x9f]), {stream: true}), d.decode(new Uint8Array([0x8e, 0x89]))]',
		error('new TextDecoder("utf-8", {fatal: true}).decode(new Uint8Array([0xff]))'),
		'return new TextDecoder("utf-16le").decode(new Uint8Array([0x61, 0, 0x3d, 0xd8, 0x4d, 0xdc]))',
		'return new TextDecoder("latin1").decode(new Uint8Array([0x80, 0xe9]))',
		'return [new TextDecoder().encoding, new TextDecoder("UTF8").fatal]',
		error('new TextDecoder("nope")'),
		'const t = "aé世🎉".repeat(5000); return new TextDecoder().decode(new TextEncoder().encode(t)) === t',
	],
	'base64 goes both ways': [
		'return [btoa(""), btoa("a"), btoa("ab"), btoa("abc"), btoa("\\xff\\x00")]',
		'return ["", "YQ==", "YWI", " Y W J j ", "/wA="].map(x => [...atob(x)].map(c => c.charCodeAt(0)))',
		error('btoa("世")'),
		error('atob("a")'),
		error('atob("a$==")'),
	],
	'URLs are parsed': [
		'return new URL("http://user:pass@EXAMPLE.com:80/a/../b?x=1&y=%20#f").href',
		'return new URL("../c?d#e", "https://example.com/a/b/").href',
		'return new URL("http://exämple.com/ü").host',
		'return new URL("http://xn--exmple-cua.com").hostname',
		'return [URL.canParse("nope"), URL.canParse("b", "http://a")]',
		error('new URL("http://a b")'),
		error('new URL("http://xn--a")'),
		'const u = new URL("http://a/?x=1"); u.searchParams.append("y", "ä b"); u.port = "8080"; u.hash = "h"; return u.href',
		'return [...new URLSearchParams("a=1&a=2&b=%C3%A4+c")]',
		'return new URLSearchParams({z: "1", a: "ö"}).toString()',
		'return JSON.stringify({u: new URL("http://[::1]:3000/")})',
	],
	'values are cloned': [
		'return structuredClone({a: [1, {b: null}], d: new Date(5), n: undefined})',
		'const m = structuredClone(new Map([["a", new Set([1, 2])]])); return [...m].map(([k, v]) => [k, [...v]])',
		'const a = {}; a.self = a; const c = structuredClone(a); return c.self === c && c !== a',
		'const r = structuredClone(/a+/gi); return [r.source, r.flags, r instanceof RegExp]',
		'const v = structuredClone(new Uint16Array([1, 2, 3]).subarray(1)); return [[...v], v.byteOffset, v.constructor.name]',
		'const e = structuredClone(new TypeError("x", {cause: 1})); return [e.name, e.message, e.cause, e instanceof TypeError]',
		'const b = new ArrayBuffer(8); const c = structuredClone(b, {transfer: [b]}); return [b.byteLength, c.byteLength]',
		error('structuredClone(() => {})'),
		error('structuredClone(Symbol("a"))'),
		error('structuredClone(new WeakMap())'),
		'return structuredClone(new (class A { x = 1; get y() { return 2; } })())',
	],
	'timers fire in their order': [
		'const o = []; await new Promise(r => { setTimeout(() => o.push(3), 400); setTimeout(() => o.push(1), 20); setTimeout(() => o.push(2), 200); setTimeout(r, 600); }); return o',
		'const o = []; await new Promise(r => { setTimeout(a => o.push(a), 1, "arg"); const t = setTimeout(() => o.push("no"), 1); clearTimeout(t); setTimeout(r, 5); }); return o',
		'let n = 0; await new Promise(r => { const i = setInterval(() => { if (++n === 3) { clearInterval(i); r(); } }, 1); }); return n',
		'const o = []; setTimeout(() => { o.push("t1"); Promise.resolve().then(() => o.push("m1")); }, 1); setTimeout(() => o.push("t2"), 1); await new Promise(r => setTimeout(r, 20)); return o',
		'const o = []; queueMicrotask(() => o.push(2)); o.push(1); await null; await null; return o',
		'clearTimeout(undefined); clearTimeout(12345); return 1',
	],
	'events are heard': [
		'const o = []; const e = new EventTarget(); e.addEventListener("a", x => o.push(x.type), {once: true}); e.dispatchEvent(new Event("a")); e.dispatchEvent(new Event("a")); return o',
		'const e = new EventTarget(); e.addEventListener("a", x => x.preventDefault()); return [e.dispatchEvent(new Event("a")), e.dispatchEvent(new Event("a", {cancelable: true}))]',
		'const e = new EventTarget(); let d; e.addEventListener("a", {handleEvent(x) { d = x.detail; }}); e.dispatchEvent(new CustomEvent("a", {detail: 5})); return d',
		'const e = new EventTarget(); let n = 0; const f = () => n++; e.addEventListener("a", f); e.addEventListener("a", f); e.removeEventListener("a", f); e.dispatchEvent(new Event("a")); return n',
		'const e = new EventTarget(); const c = new AbortController(); let n = 0; e.addEventListener("a", () => n++, {signal: c.signal}); c.abort(); e.dispatchEvent(new Event("a")); return n',
	],
	'work is aborted': [
		'const c = new AbortController(); const o = []; c.signal.addEventListener("abort", () => o.push(c.signal.reason.name)); c.abort(); c.abort(); return [o, c.signal.aborted]',
		error('AbortSignal.abort().throwIfAborted()'),
		'const s = AbortSignal.timeout(1); await new Promise(r => s.addEventListener("abort", r)); return s.reason.name',
		'const c = new AbortController(); const s = AbortSignal.any([c.signal, new AbortController().signal]); c.abort("why"); return [s.aborted, s.reason]',
		error('new AbortSignal()'),
		'return new DOMException("m", "AbortError").code',
	],
	'randomness has its shapes': [
		'return /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID())',
		'const a = new Uint32Array(8); return [crypto.getRandomValues(a) === a, a.some(x => x > 0)]',
		error('crypto.getRandomValues(new Uint8Array(70000))'),
		error('crypto.getRandomValues(new Float32Array(1))'),
		'return crypto.randomUUID() !== crypto.randomUUID()',
	],
	'time goes on': [
		'return performance.now() >= 0 && performance.timeOrigin > 1e12',
		'return typeof Date.now()',
	],
	'shared and growing memory are the only things missing': [
		'return [1, 2, 3].map(String).concat(new Intl.NumberFormat("de").format(1234.5))',
		'const b = new ArrayBuffer(8); return [b.byteLength, b.slice(2).byteLength, ArrayBuffer.isView(new Uint8Array(1)), b instanceof ArrayBuffer, b.constructor === ArrayBuffer]',
		error('ArrayBuffer(8)'),
		'class B extends ArrayBuffer {} const b = new B(4); return [b.byteLength, b instanceof B]',
	],
};

for (const [title, expressions] of Object.entries(same)) {
	test(`in a sandbox as in Node: ${title}`, async t => {
		const inSandbox = await evaluator(t);
		for (const code of expressions) t.deepEqual(await inSandbox(code), await inNode(code), code);
	});
}

test('a sandbox gives no way to what its limits do not count', async t => {
	const inSandbox = await evaluator(t);
	for (const name of [
		'WebAssembly',
		'SharedArrayBuffer',
		'Atomics',
		'process',
		'require',
		'Buffer',
		'global',
	]) {
		t.is(await inSandbox(`return typeof ${name}`), 'undefined', name);
	}
	t.like(await inSandbox('new ArrayBuffer(1, {maxByteLength: 2})'), {name: 'RangeError'});
	t.is(await inSandbox('return typeof ArrayBuffer.prototype.resize'), 'undefined');
});
