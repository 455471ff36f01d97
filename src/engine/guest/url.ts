import {defineLazily} from './global.ts';
import {hosts} from './idna.ts';

type Library = {readonly URL: unknown; readonly URLSearchParams: unknown};

/** URL and URLSearchParams of whatwg-url, evaluated when a function first touches one of them. */
export function installUrl(idna: (domain: string) => string): void {
	hosts.idna = idna;
	// `require` is esbuild's here: it keeps the library unevaluated until this runs.
	const load = () => require('whatwg-url') as Library;
	defineLazily('URL', () => load().URL);
	defineLazily('URLSearchParams', () => load().URLSearchParams);
}
