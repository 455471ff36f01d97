import {type Failure, fail} from '#actors/failure.ts';
import {mostPayloadBytes} from './engine.ts';

/** What a call came to when it returned `text`: its result, unless that is too large. */
export function resultOf(text: string): {result: Buffer} | {failure: Failure} {
	const result = Buffer.from(text);
	if (result.length <= mostPayloadBytes) return {result};
	const message = `The result has ${result.length} bytes of JSON, at most ${mostPayloadBytes} are allowed`;
	return {failure: fail('PAYLOAD_TOO_LARGE', message)};
}

/** It used up one of its limits. */
export function overran(code: 'TIMEOUT' | 'CPU_LIMIT', what: string, limitMs: number): Failure {
	const message = `The function used more than the ${Math.round(limitMs)} ms of ${what} time that it may use`;
	return fail(code, message, {details: {limitMs}});
}

export function outOfMemory(limitMb: number): Failure {
	const message = `The function used more than the ${limitMb} MiB of memory that it may use`;
	return fail('MEMORY_LIMIT', message, {details: {limitMb}});
}

/** The isolate let go of the call in a way that names no limit; `overrun` is the limit that it is over. */
export function unknownEnd(error: unknown, overrun?: Failure): Failure {
	if (error instanceof Error && /timed out/.test(error.message)) return overrun ?? fail('CPU_LIMIT');
	return fail('FUNCTION_THREW', 'The function ended in a way that it could not describe');
}
