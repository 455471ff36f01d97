// A browser sends what any page tells it to, so a page of another site could reach a node that its user
// can reach. Nothing here is a login: it only keeps browsers from being led here.
import type {IncomingHttpHeaders} from 'node:http';

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;
/** Whether only this machine can reach what listens there. */
export const isLoopback = (host: string): boolean => loopback.test(host) || host === '::1';

/**
 * Why a request is refused, or undefined.
 *
 * - A page of another site says so (`Sec-Fetch-Site`), or has another `Origin` than the address it calls.
 * - A name of somebody else's that was pointed at this machine (DNS rebinding) stands in `Host`: a node
 *   that listens on loopback only answers to loopback's own names.
 *
 * @param listening the address that the door listens on
 */
export function siteTrouble(
	headers: IncomingHttpHeaders,
	method: string,
	listening: string,
): string | undefined {
	const {host, origin} = headers;
	if (host !== undefined && isLoopback(listening) && !loopback.test(host)) {
		return `This node listens on ${listening} and does not answer to the name \`${host}\``;
	}
	if (method === 'GET' || method === 'HEAD') return undefined;
	if (headers['sec-fetch-site'] === 'cross-site') return 'Pages of another site may not do this';
	if (origin === undefined) return undefined;
	return hostOf(origin) === host ? undefined : 'Pages of another site may not do this';
}

function hostOf(origin: string): string | undefined {
	return URL.canParse(origin) ? new URL(origin).host : undefined;
}
