import {spawnSync} from 'node:child_process';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import type {Program} from '#worker/executorProgram.ts';
import {executorInOnePiece, packageInOnePiece, writeHook} from './onePiece.ts';

test('a package in one piece has at each entrance what it has in many', async t => {
	const folder = await mkdtemp(join(tmpdir(), 'warren-one-'));
	t.teardown(() => rm(folder, {recursive: true, force: true}));
	const instead = await packageInOnePiece('typebox', folder);

	t.true(Object.keys(instead).length > 1);
	const code = `
		const names = async url => Object.keys(await import(url)).sort();
		const entries = Object.entries(${JSON.stringify(instead)});
		console.log(JSON.stringify(await Promise.all(entries.map(pair => Promise.all(pair.map(names))))));
	`;
	for (const [many, one] of JSON.parse(said(code)) as [string[], string[]][]) {
		t.true(many.length > 0);
		t.deepEqual(one, many);
	}
});

test('whoever asks for the package is given the one piece', async t => {
	const folder = await mkdtemp(join(tmpdir(), 'warren-one-'));
	t.teardown(() => rm(folder, {recursive: true, force: true}));
	const instead = await packageInOnePiece('typebox', folder);
	const code = `
		import Type from 'typebox';
		import {Compile} from 'typebox/compile';
		console.log(import.meta.resolve('typebox'), Compile(Type.Integer()).Check(1.5));
	`;
	const [url = '', checked] = said(code, `--import=${await writeHook(instead, folder)}`).split(' ');
	t.true(Object.values(instead).includes(url), url);
	t.is(checked, 'false');
});

test('the executor in one piece may read what the one in many may, and is seen by the same name', async t => {
	const {folder, instead} = await executorInOnePiece();
	t.teardown(() => rm(folder, {recursive: true, force: true}));
	const module = new URL('../../src/worker/executorProgram.ts', import.meta.url);
	const code = `
		import {executorProgram} from ${JSON.stringify(module.href)};
		console.log(JSON.stringify(executorProgram()));
	`;
	const programOf = (...flags: string[]) =>
		JSON.parse(said(code, '--conditions=source', ...flags)) as Program;
	const {main, ...one} = programOf(`--import=${await writeHook(instead, folder)}`);
	const {main: _, ...many} = programOf();
	t.deepEqual(one, many);
	t.is(main, join(folder, 'engine/executor.js'));
});

/** What a Node prints that stands in no run of tests: there the pieces of the run are given. */
function said(code: string, ...flags: readonly string[]): string {
	const args = ['--input-type=module', ...flags, '--eval', code];
	const {stdout, stderr} = spawnSync(process.execPath, args, {encoding: 'utf8', env: {}});
	return stdout.trim() || stderr;
}
