// What a server makes of a deploy: one script, or a failure that says where.
import test from 'ava';
import {compile} from '#engine/compile.ts';

async function failureOf(code: string, language: 'javascript' | 'typescript' = 'javascript') {
	const made = await compile({name: 'fn', language, code});
	if (!('failure' in made)) throw new Error('Expected code that does not compile');
	return made.failure;
}

test('code that does not parse is named by file, line and column', async t => {
	t.like(await failureOf('const a = 1;\nconst = 2;'), {
		code: 'BUILD_FAILED',
		message: 'index.js:2:7: Expected identifier but found "="',
		retryable: false,
	});
	t.like(await failureOf('let x: = 1;', 'typescript'), {message: 'index.ts:1:8: Unexpected "="'});
});

for (const [what, code] of Object.entries({
	'a package': 'import x from "left-pad"; export default x;',
	'a neighbour': 'export * from "./other.js";',
	'a file of the server': 'import x from "/etc/hostname"; export default x;',
	'a built-in module': 'import {readFileSync} from "node:fs"; export default readFileSync;',
	'a package by require': 'const x = require("left-pad"); module.exports = x;',
})) {
	test(`an import of ${what} does not resolve, and says to bundle`, async t => {
		const failure = await failureOf(code);
		t.is(failure.code, 'BUILD_FAILED');
		t.regex(
			failure.message,
			/^index\.js:1:\d+: the import '[^']+' does not resolve .*; bundle it when you deploy$/,
		);
		t.true(code.includes(String(failure.details?.import)));
	});
}

test('an import of types only is no import', async t => {
	const code = 'import type {A} from "./types.ts"; export default (a: A) => a;';
	t.true('code' in (await compile({name: 'fn', language: 'typescript', code})));
});

test('a require that the code itself guards is left alone', async t => {
	const code = 'let c; try { c = require("crypto"); } catch {} module.exports = () => typeof c;';
	t.true('code' in (await compile({name: 'fn', language: 'javascript', code})));
});

test('the same source compiles to the same bytes', async t => {
	const source = {name: 'fn', language: 'typescript', code: 'export default (x: number) => x * 2;'} as const;
	t.deepEqual(await compile(source), await compile(source));
});

test('code that is nested without end does not parse, and the next is built as ever', async t => {
	const failure = await failureOf(`export default ${'('.repeat(100_000)}`);
	t.regex(failure.message, /nested more than 20000 levels deep/);
	t.true('code' in (await compile({name: 'fn', language: 'javascript', code: 'export default 1;'})));
});

test('a hashbang line is no code', async t => {
	t.true(
		'code' in
			(await compile({name: 'fn', language: 'javascript', code: '#!/usr/bin/env node\nexport default 1;'})),
	);
});
