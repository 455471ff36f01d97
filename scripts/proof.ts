// What `npm run prove` has to run and what it has found so far. It is written before the first suite and after
// each, so that a proof which was cut off can be continued. The seeds are drawn once, when it begins: what is
// run again, because it was cut off or because it did not hold, gets the seed that it had. With a new one, a
// failure that nothing has mended would be out of sight. What is proven is the product: a test that broke by its own
// fault may be mended on the way, and is run again; what held before holds, as long as the product is the same.
import Type, {type Static} from 'typebox';
import {checker} from '#contract/check.ts';
import {readJson} from '#lib/json.ts';

const TrySchema = Type.Object({
	commit: Type.String({description: 'Another one than that of the proof where a test was mended since'}),
	tests: Type.String({description: "Names the content of that commit's `test`"}),
	mended: Type.Optional(
		Type.Array(Type.String(), {
			description: 'The tests that were changed since it last failed: is the one that broke among them?',
		}),
	),
	startedAt: Type.String({description: 'ISO 8601'}),
	machine: Type.String(),
	command: Type.String({description: 'After `node bin/run.cjs`'}),
	seconds: Type.Number(),
	held: Type.Boolean(),
	report: Type.Unknown({description: 'The JSON that it printed, if any: for chaos the ledger of every run'}),
	tail: Type.Optional(Type.String({description: 'The end of what it printed, where it did not hold'})),
});

const PartSchema = Type.Object({
	suite: Type.String(),
	round: Type.Integer(),
	seed: Type.Union([Type.Integer(), Type.Null()]),
	tries: Type.Array(TrySchema, {
		description:
			'One, unless it had to be run again; it has held if the last one did, with other tests than those that did not',
	}),
});

const ProofSchema = Type.Object({
	commit: Type.String(),
	node: Type.String(),
	options: Type.Record(Type.String(), Type.String()),
	parts: Type.Array(PartSchema, {minItems: 1, description: 'In the order in which they are run'}),
});

export type Try = Static<typeof TrySchema>;
/** One suite in one round. */
export type Part = Static<typeof PartSchema>;
export type Proof = Static<typeof ProofSchema>;

/** What a proof holds for: it is continued under the same, or not at all; on a later commit if the product is the same. */
export type Terms = Pick<Proof, 'commit' | 'node' | 'options'>;

type Suite = {readonly name: string; readonly seeded: boolean};

/** @param draw a new seed each time */
export function begin(terms: Terms, rounds: number, suites: readonly Suite[], draw: () => number): Proof {
	const parts = Array.from({length: rounds}, (_, at) =>
		suites.map(
			({name, seeded}): Part => ({
				...{suite: name, round: at + 1, seed: seeded ? draw() : null, tries: []},
			}),
		),
	);
	return {...terms, parts: parts.flat()};
}

const check = checker(ProofSchema);

/**
 * The proof that was written earlier.
 * @param changed the files of the product that are not what they were at a commit
 * @throws Error when it is none, or was begun under other terms
 */
export function resume(text: string, terms: Terms, changed: (commit: string) => readonly string[]): Proof {
	const read = check(readJson(Buffer.from(text)));
	if (!read.ok) throw new Error(`it is no proof that can be continued: ${read.why}`);
	const {commit, node, options} = read.value;
	const differences = [
		...differing({node}, {node: terms.node}, ''),
		...differing(options, terms.options, '--'),
	];
	if (differences.length > 0) throw new Error(`it was begun under other terms: ${differences.join(', ')}`);
	const files = commit === terms.commit ? [] : changed(commit);
	if (files.length > 0)
		throw new Error(`it is of another product, changed since ${commit}: ${files.join(', ')}`);
	return read.value;
}

type Words = Readonly<Record<string, string>>;

const differing = (then: Words, now: Words, mark: string): string[] =>
	[...new Set([...Object.keys(then), ...Object.keys(now)])]
		.filter(name => then[name] !== now[name])
		.map(name => `${mark}${name} was ${then[name] ?? 'not given'} and is ${now[name] ?? 'not given'}`);

/** The last time it was run, and not with the tests that have failed: another commit alone mends nothing. */
export function hasHeld({tries}: Part): boolean {
	const last = tries.at(-1);
	return last?.held === true && tries.every(({held, tests}) => held || tests !== last.tests);
}

/** What is to be run still, or again. */
export const due = ({parts}: Proof): Part[] => parts.filter(part => !hasHeld(part));

/** What held only when it was run again with the same tests: its seed was the same and nothing was mended, so it has not held. */
export const unsteady = ({parts}: Proof): Part[] =>
	parts.filter(part => !hasHeld(part) && part.tries.at(-1)?.held === true);
