// How much is tried, and from which seed: small and always the same in a run of the tests, large and new
// with `npm run fuzz`. A failing run is repeated by its seed.
import fc from 'fast-check';

export const variables = {cases: 'WARREN_TEST_FUZZ_CASES', seed: 'WARREN_TEST_FUZZ_SEED'} as const;

const {[variables.cases]: cases = '2000', [variables.seed]: seed = '20261121'} = process.env;

export const plan = {
	cases: Number(cases),
	seed: Number(seed),
	/** What a test may take, ms: for a night's run it is not the time that says that something is wrong. */
	patienceMs: 120_000 + Number(cases) * 50,
} as const;

export const told = `${plan.cases} cases, seed ${plan.seed}`;

/** One of so many who share the cases; each has a seed of its own. */
export type Share = {readonly part: number; readonly of: number};
const whole: Share = {part: 0, of: 1};

/** Tries cases one after the other; the first that fails is made smaller and told with the seed. */
export async function attack<T>(
	kind: fc.Arbitrary<T>,
	act: (one: T) => Promise<void>,
	show: (one: T) => string,
	{part, of} = whole,
): Promise<void> {
	const seed = plan.seed + part;
	const {failed, counterexample, errorInstance, numRuns} = await fc.check(fc.asyncProperty(kind, act), {
		numRuns: Math.ceil(plan.cases / of),
		seed,
	});
	if (!failed) return;
	const [one] = counterexample ?? [];
	const why = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
	const what = one === undefined ? '' : show(one).slice(0, 3000);
	throw new Error(`Case ${numRuns} of seed ${seed}: ${why}\nmade smaller: ${what}`);
}
