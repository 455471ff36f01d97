// Turns whatever was thrown into JSON, inside the sandbox and under its limits: a getter of user
// code may lie, throw or never return.
import {bare, slice, stringify, text} from './primordials.ts';

const longestMessage = 8192;
const longestStack = 16_384;
const deepestCause = 4;

type Described = {
	code?: string;
	name?: string;
	message: string;
	stack?: string;
	details?: {code?: string | number; cause?: Described};
	permanent?: true;
};

/** A failure in Warren's own words, as JSON. */
export function failureText(code: string, message: string): string {
	return stringify(bare({code, message: slice(message, 0, longestMessage)}));
}

/** A failure that says what was thrown, as JSON. `code` is one of the table in actors/failure.ts. */
export function thrownText(code: string, thrown: unknown): string {
	const described = describe(thrown, 0);
	described.code = code;
	if (read(thrown, 'retryable') === false) described.permanent = true;
	return stringify(described);
}

function describe(thrown: unknown, depth: number): Described {
	const described: Described = bare({message: messageOf(thrown)});
	const name = read(thrown, 'name');
	const stack = read(thrown, 'stack');
	if (typeof name === 'string') described.name = slice(name, 0, 200);
	if (typeof stack === 'string') described.stack = slice(stack, 0, longestStack);
	const code = read(thrown, 'code');
	const cause = depth < deepestCause ? read(thrown, 'cause') : undefined;
	const details: NonNullable<Described['details']> = bare({});
	if (typeof code === 'string') details.code = slice(code, 0, 200);
	if (typeof code === 'number') details.code = code;
	if (cause !== undefined && cause !== null) details.cause = describe(cause, depth + 1);
	if (details.code !== undefined || details.cause !== undefined) described.details = details;
	return described;
}

function messageOf(thrown: unknown): string {
	if (typeof thrown === 'string') return slice(thrown, 0, longestMessage);
	const message = read(thrown, 'message');
	if (typeof message === 'string') return slice(message, 0, longestMessage);
	return slice(`Threw ${show(thrown)}, which is no Error`, 0, longestMessage);
}

function show(value: unknown): string {
	if (typeof value === 'function') return 'a function';
	if (typeof value !== 'object' || value === null) return text(value);
	try {
		return stringify(value) ?? 'an object';
	} catch {
		return 'an object';
	}
}

function read(value: unknown, key: string): unknown {
	if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return undefined;
	try {
		return (value as Record<string, unknown>)[key];
	} catch {
		return undefined;
	}
}
