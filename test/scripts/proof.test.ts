// What a proof that was cut off runs when it is continued: the hours that it takes are not run here.
import test from 'ava';
import {begin, due, hasHeld, type Part, type Proof, resume, type Try, unsteady} from '../../scripts/proof.ts';

const terms = {commit: 'abc', node: 'v26.0.0', options: {rounds: '2', tasks: '2000'}};
const suites = [
	{name: 'tests', seeded: false},
	{name: 'chaos', seeded: true},
];

function begun(): Proof {
	let seed = 0;
	return begin(terms, 2, suites, () => ++seed);
}

const tried = (held: boolean, tests = 'as they were', commit: string = terms.commit): Try => ({
	...{commit, tests, startedAt: '2026-01-01T00:00:00.000Z', machine: 'a machine', command: 'x.ts'},
	...{seconds: 1, held},
	report: null,
	...(!held && {tail: 'what it said'}),
});

const partOf = (proof: Proof, at: number): Part => {
	const part = proof.parts[at];
	if (!part) throw new Error(`Expected part ${at}`);
	return part;
};

/** As it comes back from its file. */
const written = (proof: Proof) => resume(JSON.stringify({...proof, held: false}), terms, none);
const none = () => [];
const inShort = (parts: readonly Part[]) => parts.map(({suite, round, seed}) => [suite, round, seed]);

test('a proof draws its seeds when it begins, one for each round of a suite that takes one', t => {
	t.deepEqual(inShort(due(begun())), [
		['tests', 1, null],
		['chaos', 1, 1],
		['tests', 2, null],
		['chaos', 2, 2],
	]);
});

test('a proof that is continued keeps what held, and runs the rest with the seeds that were drawn', t => {
	const proof = begun();
	partOf(proof, 0).tries.push(tried(true));
	partOf(proof, 1).tries.push(tried(false));

	t.deepEqual(inShort(due(written(proof))), [
		['chaos', 1, 1],
		['tests', 2, null],
		['chaos', 2, 2],
	]);
});

test('what did not hold once has not held, also after it held with the same seed', t => {
	const proof = begun();
	partOf(proof, 1).tries.push(tried(false));
	t.deepEqual(unsteady(proof), []);
	const again = written(proof);
	partOf(again, 1).tries.push(tried(true));

	const end = written(again);

	t.false(hasHeld(partOf(end, 1)));
	t.true(inShort(due(end)).some(([suite, round]) => suite === 'chaos' && round === 1));
	t.deepEqual(inShort(unsteady(end)), [['chaos', 1, 1]]);
	t.is(partOf(end, 1).tries[0]?.tail, 'what it said');
});

test('what did not hold has held once it does with tests that were mended, and not by another commit alone', t => {
	const proof = begun();
	partOf(proof, 1).tries.push(tried(false), tried(true, 'mended', 'def'));

	t.true(hasHeld(partOf(proof, 1)));
	t.deepEqual(unsteady(proof), []);
	partOf(proof, 3).tries.push(tried(false), tried(true, 'as they were', 'def'));
	t.false(hasHeld(partOf(proof, 3)));
	partOf(proof, 1).tries.splice(1, 0, tried(false, 'mended', 'def'));
	t.false(hasHeld(partOf(proof, 1)), 'what was mended does not hold either, or not always');
});

test('a proof is continued on a later commit whose product is the same, and on no other', t => {
	const text = JSON.stringify(begun());
	const asked: string[] = [];
	const since = (files: readonly string[]) => (commit: string) => {
		asked.push(commit);
		return files;
	};
	const later = {...terms, commit: 'def'};

	t.is(resume(text, later, since([])).commit, 'abc');
	t.throws(() => resume(text, later, since(['src/main.ts'])), {
		message: 'it is of another product, changed since abc: src/main.ts',
	});
	t.deepEqual(asked, ['abc', 'abc']);
});

test('a suite whose last try failed has not held, whatever came before', t => {
	const proof = begun();
	partOf(proof, 1).tries.push(tried(true), tried(false));

	t.false(hasHeld(partOf(proof, 1)));
	t.deepEqual(unsteady(proof), []);
});

test('a proof is not continued on another Node or with other options', t => {
	const text = JSON.stringify(begun());
	const refused = (now: Partial<typeof terms>) =>
		t
			.throws(() => resume(text, {...terms, ...now}, none))
			.message.replace('it was begun under other terms: ', '');

	t.is(refused({node: 'v27.0.0'}), 'node was v26.0.0 and is v27.0.0');
	t.is(refused({options: {rounds: '2', tasks: '9'}}), '--tasks was 2000 and is 9');
	const {rounds} = terms.options;
	t.is(
		refused({options: {rounds, walks: '5'} as never}),
		'--tasks was 2000 and is not given, --walks was not given and is 5',
	);
});

test('what is no proof, or was cut off while it was written, is refused and not taken for an empty one', t => {
	const text = JSON.stringify(begun());

	for (const other of [
		'',
		'{}',
		'[]',
		text.slice(0, -9),
		JSON.stringify({...terms, held: true, proofs: []}),
	]) {
		t.throws(() => resume(other, terms, none), {message: /^it is no proof that can be continued/});
	}
	t.throws(() => resume(JSON.stringify({...terms, parts: []}), terms, none));
});
