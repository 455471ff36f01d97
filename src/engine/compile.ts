import type {Message, Plugin} from 'esbuild';
import {type Failure, fail} from '#actors/failure.ts';
import {type Bundled, bundleOne} from './bundler.ts';
import {fileOf} from './stack.ts';

/** What was deployed: one module whose imports were bundled where it was written. */
export type Source = {
	readonly name: string;
	readonly language: 'javascript' | 'typescript';
	readonly code: string;
	/** The source map of `code` (version 3, as JSON), if it was made from something else. */
	readonly map?: string;
};

export type Compiled = {readonly code: Buffer; readonly map: Buffer} | {readonly failure: Failure};

const fileNames = {javascript: 'index.js', typescript: 'index.ts'} as const;
const awaitAtTop = /top-level await/i;
const hashbang = /^#!.*/;
const deepest = 20_000;
const tooDeep = `The code can not be parsed: its brackets are nested more than ${deepest} levels deep`;

/**
 * Makes one self-contained script of a module: TypeScript becomes JavaScript, ES modules become
 * CommonJS, which runs without a linker and can be cached compiled; only `await` at the top level keeps
 * the form of a module. Nothing is read from this machine's disk: an import that is left is
 * BUILD_FAILED, as is code that does not parse, with `file:line:column`.
 */
export async function compile(source: Source): Promise<Compiled> {
	if (depthOf(source.code) > deepest) return {failure: fail('BUILD_FAILED', tooDeep)};
	const script = await attempt(source, 'cjs');
	if (!('errors' in script)) return script;
	if (!script.errors.some(({text}) => awaitAtTop.test(text))) return {failure: failureOf(script.errors)};
	const module = await attempt(source, 'esm');
	return 'errors' in module ? {failure: failureOf(module.errors)} : asPromise(module.code, module.map);
}

function attempt(source: Source, format: 'cjs' | 'esm'): Promise<Bundled> {
	return bundleOne({
		entryPoints: [fileNames[source.language]],
		plugins: [onlyThis(source)],
		bundle: true,
		format,
		platform: 'neutral',
		target: 'es2024',
		charset: 'utf8',
		sourcesContent: false,
		outfile: 'index.js',
		tsconfigRaw: '{}',
		define: {'import.meta.url': JSON.stringify(fileOf(source.name))},
	});
}

/**
 * How deep brackets are nested, as far as that can be seen without parsing. Real code stays under a
 * hundred; a million takes a gigabyte and the parser's life.
 */
function depthOf(code: string): number {
	let depth = 0;
	let deepest = 0;
	for (let at = 0; at < code.length; at++) {
		const character = code.charCodeAt(at);
		if (character === 0x28 || character === 0x5b || character === 0x7b) deepest = Math.max(deepest, ++depth);
		else if (character === 0x29 || character === 0x5d || character === 0x7d) depth = Math.max(0, depth - 1);
	}
	return deepest;
}

const exportsAtEnd = /\nexport \{([^{}]*)\};\s*$/;

/**
 * A module that awaits at its top level, as a script that exports a promise of its exports: esbuild has
 * no such form. In a bundle all exports stand in one statement at the end.
 */
function asPromise(code: Buffer, map: Buffer): Compiled {
	const text = code.toString('utf8');
	const names = exportsAtEnd.exec(text)?.[1] ?? '';
	const fields = names.split(',').flatMap(pair => {
		const [local = '', exported = local] = pair.trim().split(' as ');
		return local === '' ? [] : [`${exported}: ${local}`];
	});
	const body = text.replace(exportsAtEnd, '');
	const script = `module.exports = (async () => {"use strict";\n${body}\nreturn {${fields.join(', ')}};\n})();\n`;
	const positions = JSON.parse(map.toString('utf8')) as {mappings: string};
	// One more line in front.
	const moved = JSON.stringify({...positions, mappings: `;${positions.mappings}`});
	return {code: Buffer.from(script), map: Buffer.from(moved)};
}

/** A package of one file, in a namespace where esbuild looks for nothing on the disk. */
function onlyThis({language, code, map}: Source): Plugin {
	const text = code.replace(hashbang, '');
	const inline =
		map === undefined ? '' : `\n//# sourceMappingURL=data:application/json;base64,${btoaUtf8(map)}`;
	const loader = language === 'typescript' ? 'ts' : 'js';
	return {
		name: 'function',
		setup(esbuild) {
			esbuild.onResolve({filter: /.*/}, ({kind, path}) =>
				kind === 'entry-point' ? {path, namespace: 'function'} : undefined,
			);
			esbuild.onLoad({filter: /.*/, namespace: 'function'}, () => ({contents: text + inline, loader}));
		},
	};
}

const btoaUtf8 = (text: string): string => Buffer.from(text).toString('base64');

const unresolved = /^Could not resolve "(.*)"$/s;

function failureOf(errors: readonly Message[]): Failure {
	const all = errors.map(describe);
	const [first = 'The code could not be built'] = all;
	const imported = errors.map(({text}) => unresolved.exec(text)?.[1]).find(name => name !== undefined);
	const details = {errors: all.slice(0, 20), ...(imported === undefined ? {} : {import: imported})};
	return fail('BUILD_FAILED', first, {details});
}

function describe({text, location}: Message): string {
	const place = location
		? `${location.file.replace(/^function:/, '')}:${location.line}:${location.column + 1}: `
		: '';
	const imported = unresolved.exec(text)?.[1];
	if (imported === undefined) return place + text;
	return `${place}the import '${imported}' does not resolve inside the package; bundle it when you deploy`;
}
