// Stands in for the package tr46 inside whatwg-url. Its tables of Unicode would be 400 KB in every
// isolate; ASCII names, which are nearly all, need none, and for the rest the host is asked.
import {charCodeAt} from './primordials.ts';

export const hosts: {idna: (domain: string) => string} = {idna: () => ''};

/** A domain as ASCII, or null where it is not valid. The options are those of the URL standard. */
export function toASCII(domain: string): string | null {
	if (isSimple(domain)) return domain.toLowerCase();
	const ascii = hosts.idna(domain);
	return ascii === '' ? null : ascii;
}

/** Only ASCII, and no label that is Punycode already (those must be checked). */
function isSimple(domain: string): boolean {
	for (let at = 0; at < domain.length; at++) if (charCodeAt(domain, at) > 0x7f) return false;
	return !/(?:^|\.)xn--/i.test(domain);
}
