// What a client makes of a function where it was written: files and packages become one module.
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {BundleError, bundle} from '#client/bundle.ts';
import {type BuildOptions, buildOf, engineOf, opened, resultOf, runOne} from './world.ts';

async function folder(t: ExecutionContext, files: Readonly<Record<string, string>>): Promise<string> {
	const root = await mkdtemp(join(tmpdir(), 'warren-bundle-'));
	t.teardown(() => rm(root, {recursive: true, force: true}));
	for (const [name, text] of Object.entries(files)) {
		await mkdir(dirname(join(root, name)), {recursive: true});
		await writeFile(join(root, name), text);
	}
	return root;
}

async function call(t: ExecutionContext, entry: string, input: unknown, options: BuildOptions = {}) {
	const {code, map, language} = await bundle({entry});
	return runOne(await opened(engineOf(t), await buildOf(code, {map, language, ...options})), input);
}

test('a file is bundled with its neighbours and its own packages, and stacks name their sources', async t => {
	const root = await folder(t, {
		'main.ts': `import {twice} from './lib/twice.ts';\nimport pad from 'pad-it';\nexport default (n: number) => pad(twice(n));\n`,
		'lib/twice.ts': `export function twice(n: number): number {\n\tif (n < 0) throw new Error('negative');\n\treturn n * 2;\n}\n`,
		'node_modules/pad-it/package.json': '{"name": "pad-it", "main": "index.js", "browser": "browser.js"}',
		'node_modules/pad-it/index.js': 'module.exports = () => require("fs");',
		'node_modules/pad-it/browser.js': 'module.exports = x => "[" + x + "]";',
	});
	t.is(resultOf(await call(t, join(root, 'main.ts'), 4)), '[8]');
	const {failure} = await call(t, join(root, 'main.ts'), -1, {name: 'padder'});
	t.deepEqual(failure?.stack?.split('\n').slice(0, 3), [
		'Error: negative',
		'    at twice (file:///fn/padder/lib/twice.ts:2:19)',
		'    at main_default (file:///fn/padder/main.ts:3:35)',
	]);
});

const entries: Readonly<Record<string, Readonly<Record<string, string>>>> = {
	'an index file': {'index.ts': 'export default (): string => "found";'},
	'main of its package.json': {
		'package.json': '{"main": "src/a.js"}',
		'src/a.js': 'module.exports = () => "found";',
	},
	'exports of its package.json': {
		'package.json': '{"main": "no.js", "exports": {".": {"import": "./b.js"}}}',
		'b.js': 'export default () => "found";',
	},
	'an index file beside a package.json without main': {
		'package.json': '{}',
		'index.mjs': 'export default () => "found";',
	},
};

for (const [what, files] of Object.entries(entries)) {
	test(`a folder is entered by ${what}`, async t => {
		t.is(resultOf(await call(t, await folder(t, files), 1)), 'found');
	});
}

test('a module that awaits while it loads is bundled too', async t => {
	const root = await folder(t, {
		'index.ts': `import {base} from './base.ts';\nconst more = await Promise.resolve(1);\nexport default (n: number) => n + base + more;\n`,
		'base.ts': 'export const base = await Promise.resolve(10);',
	});
	t.is(resultOf(await call(t, root, 100)), 111);
});

test('NODE_ENV is production, and development code is left out', async t => {
	const root = await folder(t, {'index.js': 'export default () => process.env.NODE_ENV;'});
	t.is(resultOf(await call(t, root, 1)), 'production');
});

test('what is made does not depend on the folder it is made in', async t => {
	const files = {'index.ts': 'export default (x: string) => x;'};
	t.deepEqual(await bundle({entry: await folder(t, files)}), await bundle({entry: await folder(t, files)}));
});

test('an import that is not there is named with its place', async t => {
	const root = await folder(t, {
		'index.ts': 'import a from "./a.ts";\nimport b from "no-such-package";\nexport default [a, b];',
	});
	const error = await t.throwsAsync(bundle({entry: root}), {instanceOf: BundleError});
	t.deepEqual(error?.errors, [
		'index.ts:1:15: Could not resolve "./a.ts"',
		'index.ts:2:15: Could not resolve "no-such-package"',
	]);
});

test('a Node built-in is said to be missing in sandboxes', async t => {
	const root = await folder(t, {'index.ts': 'import fs from "node:fs";\nexport default fs;'});
	await t.throwsAsync(bundle({entry: root}), {message: /index\.ts:1:16: .*"node:fs" \(a Node built-in/});
});

test('an entry that is not there, or a folder without one, is named', async t => {
	const root = await folder(t, {'readme.md': ''});
	await t.throwsAsync(bundle({entry: join(root, 'nothing.ts')}), {
		message: /nothing\.ts: there is no such file/,
	});
	await t.throwsAsync(bundle({entry: root}), {
		message: /expected a package\.json with `main`, or one of index\.ts/,
	});
	const broken = await folder(t, {'package.json': '{'});
	await t.throwsAsync(bundle({entry: broken}), {message: /package\.json: /});
});
