// Every way to misbehave that we know, each through a real executor process: what becomes of the
// attempt, and that the next one is served as if nothing had been.
import test from 'ava';
import type {failures} from '#actors/failure.ts';
import type {Policy} from '#actors/policy.ts';
import type {Executors, RunOutcome} from '#worker/executors.ts';
import {itemOf, open, outcomesOf, pool} from '../worker/pool.ts';
import {buildOf, fixture} from './world.ts';

type Code = keyof typeof failures;
type Case = {
	readonly does: string;
	/** How the attempt ends; several where the machine's speed decides which limit is met first. */
	readonly ends: readonly (Code | 'ok')[];
	readonly policy?: Partial<Policy>;
};

const quick = {wallMs: 400, cpuMs: 4000};
const cpu = {wallMs: 20_000, cpuMs: 200};
const hoards = {wallMs: 60_000, cpuMs: 60_000, memoryMb: 64};
const time = ['TIMEOUT'] as const;
const threw = ['FUNCTION_THREW'] as const;
const memory = ['MEMORY_LIMIT'] as const;
const ok = ['ok'] as const;

const cases: Readonly<Record<string, Case>> = {
	forever: {does: 'never returns', ends: ['CPU_LIMIT'], policy: cpu},
	foreverAfterAwait: {does: 'never returns after an await', ends: time, policy: quick},
	foreverAfterTimer: {does: 'never returns after the host woke it', ends: ['CPU_LIMIT'], policy: cpu},
	foreverInTimer: {does: 'spins in a timer', ends: time, policy: quick},
	foreverInFinally: {does: 'goes on in finally', ends: time, policy: quick},
	foreverWaking: {does: 'waits in small steps for ever', ends: time, policy: quick},
	microtasks: {does: 'starves everything with microtasks', ends: time, policy: quick},
	regexp: {does: 'backtracks for ever', ends: time, policy: quick},
	neverResolves: {does: 'waits for nothing', ends: time, policy: quick},
	thenable: {does: 'returns a thenable that never calls', ends: time, policy: quick},
	throwStackLoop: {does: 'throws an error whose stack never returns', ends: time, policy: quick},
	throwPrepareLoop: {does: 'formats stacks for ever', ends: time, policy: quick},
	toStringLoop: {does: 'prints what never becomes a string', ends: time, policy: quick},
	toJsonLoop: {does: 'returns what never becomes JSON', ends: time, policy: quick},
	arrayBomb: {does: 'pushes arrays for ever', ends: memory, policy: hoards},
	mapBomb: {does: 'fills a map', ends: memory, policy: hoards},
	promiseBomb: {does: 'fans out promises', ends: memory, policy: hoards},
	typedArrayBomb: {does: 'fills buffers', ends: threw, policy: hoards},
	resizableBuffer: {does: 'grows buffers', ends: threw},
	stringBomb: {does: 'doubles a string', ends: threw},
	recursion: {does: 'uses up the stack', ends: threw},
	exhaustStackInError: {does: 'fails with no stack left', ends: threw},
	throwNull: {does: 'throws null', ends: threw},
	throwProxy: {does: 'throws what throws when touched', ends: threw},
	throwCauses: {does: 'throws an error that is its own cause', ends: threw},
	throwHuge: {does: 'throws megabytes', ends: threw},
	uncaughtInTimer: {does: 'throws where nobody can catch', ends: threw},
	importing: {does: 'imports at run time', ends: threw},
	toJsonThrows: {does: 'returns what throws as JSON', ends: ['RESULT_NOT_SERIALIZABLE']},
	resultCycle: {does: 'returns a cycle', ends: ['RESULT_NOT_SERIALIZABLE']},
	resultBigint: {does: 'returns a bigint', ends: ['RESULT_NOT_SERIALIZABLE']},
	resultFunction: {does: 'returns a function', ends: ['RESULT_NOT_SERIALIZABLE']},
	resultBomb: {does: 'returns too much', ends: ['PAYLOAD_TOO_LARGE']},
	resultWide: {does: 'returns too many bytes', ends: ['PAYLOAD_TOO_LARGE']},
	resultDeep: {does: 'returns what is nested deeper than the stack', ends: ['ok', 'RESULT_NOT_SERIALIZABLE']},
	leftoverTimer: {does: 'leaves a timer behind', ends: ok},
	leftoverLoop: {does: 'leaves a loop behind', ends: ok},
	leftoverInterval: {does: 'leaves an interval behind', ends: ok},
	logFlood: {does: 'floods the log', ends: ok},
	timerFlood: {does: 'floods the host with timers', ends: ok},
	unhandledRejection: {does: 'leaves a promise that fails', ends: ok},
	timerLoop: {does: 'yields to timers without end', ends: time, policy: quick},
	randomFlood: {does: 'floods the host with questions', ends: time, policy: quick},
	pollution: {does: 'breaks all prototypes', ends: ok},
	loadForever: {does: 'never finishes loading', ends: time, policy: quick},
	loadNeverResolves: {does: 'waits for ever while it loads', ends: time, policy: quick},
	loadBomb: {does: 'fills the memory while it loads', ends: memory, policy: hoards},
	loadThrows: {does: 'throws while it loads', ends: ['BUILD_FAILED']},
	noHandler: {does: 'has no handler', ends: ['BUILD_FAILED']},
};

// An executor that one of them harmed would be replaced, which fails its test; those that take all the memory
// they get have one of their own, for what they took is not given back at once.
let shared: Promise<Executors> | undefined;
test.after.always(async () => (await shared)?.close());

for (const [name, {does, ends, policy = {}}] of Object.entries(cases)) {
	test.serial(`a function that ${does} ends as ${ends.join(' or ')} and hurts nobody`, async t => {
		shared ??= open();
		const executors = policy === hoards ? await pool(t) : await shared;
		const {restarts} = executors.report();
		const [outcome] = await outcomesOf(executors, await fixture(name, {policy}), [itemOf('in')]);
		t.true((ends as readonly string[]).includes(endOf(outcome)), endOf(outcome));
		const again = await outcomesOf(executors, await buildOf('export default x => x;'), [itemOf('next')]);
		t.is(String(again[0]?.result), '"next"');
		t.is(executors.report().restarts, restarts);
	});
}

function endOf(outcome: RunOutcome | undefined): string {
	return outcome?.result ? 'ok' : (outcome?.failure?.code ?? 'nothing');
}
