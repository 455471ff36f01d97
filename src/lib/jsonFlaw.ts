// Says whether bytes are one JSON text, and where they are not. The check itself is the engine's own
// parser; only a text that it refused is walked through here, because its messages name no place
// for most flaws.
import {isUtf8} from 'node:buffer';

/** What is wrong with a JSON text: "unexpected `x` at line 1, column 7 (position 6)"; undefined: nothing. */
export function jsonFlaw(bytes: Buffer): string | undefined {
	if (!isUtf8(bytes)) return 'not UTF-8';
	const text = bytes.toString('utf8');
	try {
		JSON.parse(text);
		return undefined;
	} catch {
		return describe(text, flawAt(text));
	}
}

function describe(text: string, at: number): string {
	const before = text.slice(0, at);
	const line = before.split('\n').length;
	const column = at - before.lastIndexOf('\n');
	const found = text.codePointAt(at);
	const what = found === undefined ? 'unexpected end' : `unexpected \`${String.fromCodePoint(found)}\``;
	return `${what} at line ${line}, column ${column} (position ${at})`;
}

type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end';

const token =
	/[{}[\],:]|"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])|(?:true|false|null)\b/y;

/** The position of the first character that can't stand where it stands. */
function flawAt(text: string): number {
	const open: ('{' | '[')[] = [];
	let expected: Expected | 'end' = 'value';
	let at = skipSpace(text, 0);
	while (at < text.length) {
		token.lastIndex = at;
		const found = token.exec(text)?.[0];
		if (found === undefined) return insideOf(text, at);
		const next = follow(expected, found, open);
		if (next === undefined) return at;
		expected = next;
		at = skipSpace(text, at + found.length);
	}
	return text.length;
}

/** What may come after a token, or undefined if the token may not come now. */
function follow(
	expected: Expected | 'end',
	found: string,
	open: ('{' | '[')[],
): Expected | 'end' | undefined {
	const after = () => (open.length > 0 ? ', or end' : 'end');
	const first = found[0] ?? '';
	const wantsValue = expected === 'value' || expected === 'value or ]';
	if (first === '{' || first === '[') {
		if (!wantsValue) return undefined;
		open.push(first);
		return first === '{' ? 'key or }' : 'value or ]';
	}
	if (first === '}' || first === ']') {
		const mayClose = expected === ', or end' || expected === (first === '}' ? 'key or }' : 'value or ]');
		return mayClose && open.pop() === (first === '}' ? '{' : '[') ? after() : undefined;
	}
	if (first === ',') {
		if (expected !== ', or end') return undefined;
		return open.at(-1) === '{' ? 'key' : 'value';
	}
	if (first === ':') return expected === ':' ? 'value' : undefined;
	if (expected === 'key' || expected === 'key or }') return first === '"' ? ':' : undefined;
	return wantsValue ? after() : undefined;
}

/** A flaw inside a token: the end of what is still a string, a number or a word. */
function insideOf(text: string, at: number): number {
	const good = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*|-?(?:0|[1-9]\d*)(?:\.\d+)?|/y;
	good.lastIndex = at;
	return at + (good.exec(text)?.[0].length ?? 0);
}

function skipSpace(text: string, from: number): number {
	let at = from;
	while (at < text.length && ' \t\n\r'.includes(text.charAt(at))) at += 1;
	return at;
}
