// A submission on the wire: the input as the body, the options as headers.
import type {SubmitOptions} from '#contract/task.ts';

const headerNames = {
	key: 'Idempotency-Key',
	version: 'Warren-Version',
	timeoutMs: 'Warren-Timeout-Ms',
	expiresInMs: 'Warren-Expires-In-Ms',
	deadline: 'Warren-Deadline',
	maxAttempts: 'Warren-Max-Attempts',
	class: 'Warren-Class',
	spill: 'Warren-Spill',
	trace: 'traceparent',
} as const satisfies Record<keyof SubmitOptions, string>;

export function headersOf(options: SubmitOptions): Record<string, string> {
	return Object.fromEntries(
		Object.entries(headerNames).flatMap(([name, header]) => {
			const value = options[name as keyof SubmitOptions];
			return value === undefined ? [] : [[header, String(value)]];
		}),
	);
}

/**
 * An input as JSON text; nothing becomes `null`.
 * @throws TypeError when JSON can't carry it
 */
export function textOf(input: unknown): string | Uint8Array<ArrayBuffer> {
	if (input === undefined) return 'null';
	if (input instanceof Uint8Array) return input as Uint8Array<ArrayBuffer>;
	const text: string | undefined = JSON.stringify(input);
	if (text !== undefined) return text;
	throw new TypeError(`Expected an input that JSON can carry, got a ${typeof input}`);
}
