import {type Client, createClient} from '#client/client.ts';

/** A server that says nothing for so long is passed by, ms. */
const patienceMs = 2000;
/** One that failed is asked last for so long, ms. */
const restMs = 1000;

/** A client of several servers, as from behind a load balancer. */
export function clientOf(urls: readonly string[]): Client {
	const [first = ''] = urls;
	return createClient({url: first, ...(urls.length > 1 && {fetch: among(urls)})});
}

/** Asks the first of them that has not failed just now. */
function among(urls: readonly string[]): typeof fetch {
	const [first = ''] = urls;
	const shunned = new Map<string, number>();
	return async (address, init = {}) => {
		const path = textOf(address).slice(first.length);
		const since = (url: string) => shunned.get(url) ?? Number.NEGATIVE_INFINITY;
		const rested = (url: string) => (performance.now() - since(url) > restMs ? 0 : since(url));
		const line = [...urls].sort((a, b) => rested(a) - rested(b));
		for (const [tried, url] of line.entries()) {
			const late = AbortSignal.timeout(patienceMs);
			const signal = init.signal ? AbortSignal.any([init.signal, late]) : late;
			try {
				return await fetch(url + path, {...init, signal});
			} catch (error) {
				shunned.set(url, performance.now());
				if (tried + 1 >= line.length || init.signal?.aborted) throw error;
			}
		}
		throw new Error('Expected a server to ask');
	};
}

const textOf = (address: string | URL | Request): string =>
	address instanceof Request ? address.url : address.toString();
