// One HTTP call, tried again where that is safe: a call that may be made twice, or one that was never sent.
import {setTimeout as delay} from 'node:timers/promises';
import {errorFrom, errorWithout, reasonOf, type WarrenError} from './error.ts';

export type HttpCall = {
	readonly method: 'GET' | 'POST' | 'DELETE';
	readonly path: string;
	/** Left out where undefined. */
	readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string | Uint8Array<ArrayBuffer>;
	/** Making it twice is as good as once. */
	readonly repeatable: boolean;
	readonly signal?: AbortSignal;
};

export type Http = {
	/** The answer, if its status is good. @throws WarrenError */
	call(call: HttpCall): Promise<Response>;
	/** The answer whatever its status, and its text. @throws WarrenError only if none came */
	ask(call: HttpCall): Promise<{response: Response; text: string}>;
	refusal(response: Response, text: string): WarrenError;
};

export type HttpOptions = {
	readonly url: string;
	readonly fetch?: typeof fetch;
	/** The API key, where the node asks for one. */
	readonly key?: string;
	/** How often a call is made at most: 4 unless said. The waits between are 100 ms, 200 ms, … */
	readonly attempts?: number;
};

const firstDelayMs = 100;
/** A node that asks for more patience is told of as what it answers. */
const longestRestMs = 10_000;

/** Nothing was sent: whatever the call is, it may be made again. */
const neverSent = new Set(['ECONNREFUSED', 'UND_ERR_CONNECT_TIMEOUT', 'EAI_AGAIN']);

/** @throws TypeError that does not show it, when the key can't be one */
export function createHttp({url, key, fetch: send = fetch, attempts = 4}: HttpOptions): Http {
	const base = url.replace(/\/+$/, '');
	const identity: Record<string, string> =
		key === undefined ? {} : {authorization: `Bearer ${checkedKey(key)}`};

	async function attempt(call: HttpCall): Promise<Response> {
		for (let made = 1; ; made += 1) {
			let restMs = firstDelayMs * 2 ** (made - 1);
			try {
				const response = await send(addressOf(base, call), requestOf(call, identity));
				restMs = restAfter(response) ?? restMs;
				const busy = call.repeatable && (response.status === 503 || response.status === 429);
				if (!busy || made >= attempts || restMs > longestRestMs) return response;
				await response.body?.cancel();
			} catch (error) {
				if (call.signal?.aborted) throw error;
				const again = call.repeatable || neverSent.has(reasonOf(error));
				if (!again || made >= attempts) throw errorWithout(base, error);
			}
			await delay(restMs, undefined, call.signal && {signal: call.signal});
		}
	}

	return {
		async call(call) {
			const response = await attempt(call);
			if (response.ok) return response;
			throw errorFrom(response.status, await response.text(), base);
		},
		async ask(call) {
			const response = await attempt(call);
			return {response, text: await response.text()};
		},
		refusal: (response, text) => errorFrom(response.status, text, base),
	};
}

/** How long a caller is asked to rest that makes too many calls. */
function restAfter({status, headers}: Response): number | undefined {
	const seconds = Number(headers.get('retry-after') ?? Number.NaN);
	return status === 429 && Number.isFinite(seconds) ? seconds * 1000 : undefined;
}

function checkedKey(key: string): string {
	if (/^[\x21-\x7e]+$/.test(key)) return key;
	throw new TypeError('Expected `key` to be an API key like `wk_…`, got something with other characters');
}

function addressOf(base: string, {path, query = {}}: HttpCall): string {
	const pairs = Object.entries(query).filter(([, value]) => value !== undefined);
	if (pairs.length === 0) return base + path;
	return `${base}${path}?${new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString()}`;
}

function requestOf(
	{method, headers, body, signal}: HttpCall,
	identity: Readonly<Record<string, string>>,
): RequestInit {
	return {
		method,
		headers: {...identity, ...(body === undefined ? {} : {'content-type': 'application/json'}), ...headers},
		...(body !== undefined && {body}),
		...(signal && {signal}),
	};
}
