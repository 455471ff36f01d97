import {spawnSync} from 'node:child_process';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {onePiece} from './onePiece.ts';

test('a package in one piece has at each entrance what it has in many', async t => {
	const folder = await mkdtemp(join(tmpdir(), 'warren-one-'));
	t.teardown(() => rm(folder, {recursive: true, force: true}));
	const {instead} = await onePiece('typebox', folder);

	t.true(Object.keys(instead).length > 1);
	for (const [entrance, made] of Object.entries(instead)) {
		const [many, one] = (await Promise.all([import(entrance), import(made)])) as [object, object];
		t.deepEqual(Object.keys(one), Object.keys(many), entrance);
	}
});

test('whoever asks for the package is given the one piece', async t => {
	const folder = await mkdtemp(join(tmpdir(), 'warren-one-'));
	t.teardown(() => rm(folder, {recursive: true, force: true}));
	const {hook, instead} = await onePiece('typebox', folder);
	const code = `
		import Type from 'typebox';
		import {Compile} from 'typebox/compile';
		console.log(import.meta.resolve('typebox'), Compile(Type.Integer()).Check(1.5));
	`;
	const {stdout, stderr} = spawnSync(
		process.execPath,
		['--input-type=module', `--import=${hook}`, '--eval', code],
		{encoding: 'utf8'},
	);
	const [url = '', checked] = stdout.trim().split(' ');
	t.true(Object.values(instead).includes(url), stdout + stderr);
	t.is(checked, 'false');
});
