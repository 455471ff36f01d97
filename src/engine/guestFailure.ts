import {type Failure, type FailureCode, fail} from '#actors/failure.ts';
import type {StackMapper} from './stack.ts';

/** The failures that a sandbox may report of itself; all others are the host's to say. */
const theirs = [
	'FUNCTION_THREW',
	'RESULT_NOT_SERIALIZABLE',
	'PAYLOAD_TOO_LARGE',
	'INVALID_INPUT',
	'BUILD_FAILED',
] as const satisfies FailureCode[];
const longestText = 256 * 1024;

type Told = Record<'code' | 'message' | 'name' | 'stack' | 'details' | 'permanent', unknown>;

/** A failure out of what the guest told (guest/failure.ts). It is hostile: everything is looked at. */
export function failureOf(text: unknown, mapper: StackMapper): Failure {
	const told = typeof text === 'string' && text.length <= longestText ? parse(text) : undefined;
	const code = theirs.find(known => known === told?.code);
	if (!told || !code) return fail('FUNCTION_THREW', 'The function failed and could not say how');
	const message = string(told.message) ?? 'no message';
	const stack = string(told.stack);
	const name = string(told.name);
	const details = detailsOf(told.details, mapper);
	return fail(code, code === 'BUILD_FAILED' ? placed(message, stack, name, mapper) : mapper.stack(message), {
		...(name === undefined ? {} : {name}),
		...(stack === undefined ? {} : {stack: mapper.stack(stack)}),
		...(details ? {details} : {}),
		...(told.permanent === true ? {permanent: true} : {}),
	});
}

function placed(
	message: string,
	stack: string | undefined,
	name: string | undefined,
	mapper: StackMapper,
): string {
	const place = mapper.place(stack ?? '');
	return `${place}: ${name && name !== 'Error' ? `${name}: ` : ''}${message}`;
}

function parse(text: string): Told | undefined {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === 'object' && value !== null ? (value as Told) : undefined;
	} catch {
		return undefined;
	}
}

function detailsOf(value: unknown, mapper: StackMapper): Record<string, unknown> | undefined {
	if (typeof value !== 'object' || value === null) return undefined;
	const {code, cause} = value as {code?: unknown; cause?: unknown};
	return {
		...(typeof code === 'string' || typeof code === 'number' ? {code} : {}),
		...(cause === undefined ? {} : {cause: causeOf(cause, mapper, 0)}),
	};
}

const deepestCause = 5;

function causeOf(value: unknown, mapper: StackMapper, depth: number): unknown {
	if (typeof value !== 'object' || value === null || depth > deepestCause) return undefined;
	const {name, message, stack, details} = value as Told;
	const inner = detailsOf(details, mapper);
	return {
		...(typeof name === 'string' ? {name} : {}),
		message: string(message) ?? '',
		...(typeof stack === 'string' ? {stack: mapper.stack(stack)} : {}),
		...(inner?.code === undefined ? {} : {code: inner.code}),
		...(inner?.cause === undefined ? {} : {cause: inner.cause}),
	};
}

const string = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
