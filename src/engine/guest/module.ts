import {failureText, thrownText} from './failure.ts';
import {bare, freeze, ownKeys, parse} from './primordials.ts';

type Handler = (input: unknown, context: unknown) => unknown;
type Define = (exports: unknown, module: {exports: unknown}, require: (name: string) => never) => void;

/** Finds the handler in a module, and keeps it. */
export function createLoader() {
	const loaded = {
		handler: undefined as Handler | undefined,
		name: '',
		env: bare({}) as Readonly<Record<string, string>>,
	};

	/**
	 * Takes a CommonJS module as a function; one that awaits at its top level exports a promise.
	 * Gives '' or a failure as JSON.
	 */
	async function load(define: Define, handler: string, name: string, env: string): Promise<string> {
		const module = {exports: {} as unknown};
		try {
			define(module.exports, module, require);
			if (member(module.exports, 'then')) module.exports = await module.exports;
		} catch (error) {
			return thrownText('BUILD_FAILED', error);
		}
		return keep(module.exports, handler, name, env);
	}

	function keep(exports: unknown, handler: string, name: string, env: string): string {
		const found = find(exports, handler);
		if (typeof found !== 'function') return failureText('BUILD_FAILED', missing(exports, handler, found));
		loaded.handler = found as Handler;
		loaded.name = name;
		loaded.env = freeze(parse(env)) as Readonly<Record<string, string>>;
		return '';
	}

	return {loaded, load};
}

function require(name: string): never {
	throw new Error(`Cannot find module '${name}': there are no modules here, bundle it when you deploy`);
}

/** The export called `handler`; for `default` also `module.exports` itself and what it calls default. */
function find(exports: unknown, handler: string): unknown {
	const named = member(exports, handler);
	if (handler !== 'default') return named ?? member(member(exports, 'default'), handler);
	if (typeof named === 'function') return named;
	if (typeof exports === 'function') return exports;
	return member(named, 'default') ?? named;
}

function member(value: unknown, key: string): unknown {
	if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return undefined;
	return (value as Record<string, unknown>)[key];
}

function missing(exports: unknown, handler: string, found: unknown): string {
	const got = found === null ? 'null' : typeof found;
	const names =
		typeof exports === 'object' && exports !== null
			? ownKeys(exports).filter(key => typeof key === 'string' && key !== '__esModule')
			: [];
	const has = names.length > 0 ? `it exports \`${names.join('`, `')}\`` : 'it exports nothing';
	return `Expected the export \`${handler}\` to be a function, got ${got}; ${has}`;
}
