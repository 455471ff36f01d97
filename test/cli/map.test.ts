import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {world} from './shell.ts';

test('map prints an outcome a line, in the order of the inputs, byte for byte', async t => {
	const {run, cwd, fake} = await world(t);
	const input = '1.0\n\n"two"\n12345678901234567890\n';
	const {code, out} = await run(['map', 'echo', '--file', '-', '--size', '2'], {input});
	t.is(code, 0);
	t.deepEqual(out.split('\n'), ['{"value":1.0}', '{"value":"two"}', '{"value":12345678901234567890}']);
	t.deepEqual(
		fake.submissions.map(({chunk}) => chunk),
		[2, 1],
	);
	writeFileSync(join(cwd, 'in.json'), '[{"a": 1},\n 2]');
	const {out: items} = await run(['map', 'echo', '--file', 'in.json', '--each', 'item']);
	t.deepEqual(items.split('\n'), ['{"value":{"a": 1}}', '{"value":2}']);
});

test('map exits with 2 when an input failed, and names its failure in its place', async t => {
	const {run} = await world(t);
	const {code, out} = await run(['map', 'throws', '--file', '-', '--size', '2'], {input: '1\n2\n'});
	t.is(code, 2);
	const lines = out.split('\n').map(line => JSON.parse(line) as {failure: {code: string}});
	t.deepEqual(
		lines.map(({failure}) => failure.code),
		['FUNCTION_THREW', 'FUNCTION_THREW'],
	);
});

test('map says how far it is, and refuses what it can not map', async t => {
	const {run} = await world(t);
	const {sketches} = await run(['map', 'echo', '--file', '-'], {input: '1\n2\n', watched: true});
	t.regex(sketches[0] ?? '', /^ended: 1 of 2 \(50 %\)/);
	const wrong: [string[], string, RegExp][] = [
		[['--file', '-'], '1\nnope\n', /Standard input, line 2, is not valid JSON/],
		[['--file', '-'], '', /Standard input is empty/],
		[['--file', '-', '--each', 'item'], '7', /JSON array/],
		[['--file', '-', '--size', 'x'], '1', /Expected `--size` to be a whole number/],
		[['--file', '-', '--key', 'k'], '1', /unknown option '--key'/],
		[['--file', '-', '--each', 'word'], '1', /Allowed choices are line, item/],
	];
	for (const [args, input, says] of wrong) {
		const {code, err} = await run(['map', 'echo', ...args], {input});
		t.is(code, 1);
		t.regex(err, says);
	}
});
