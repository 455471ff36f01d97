// A round is clean when nothing at all is wrong, and by nothing else.
import test from 'ava';
import type {Client} from '#client/client.ts';
import type {Audit} from '#contract/audit.ts';
import type {TaskView} from '#contract/task.ts';
import {breaksOf} from './breaks.ts';
import {isUnharmed} from './unharmed.ts';
import {isClean, mistake, type Verdict} from './verdict.ts';
import type {Item} from './work.ts';

const clean: Verdict = {
	...{tasks: 1000, lost: [], stuck: [], wrong: [], misanswered: [], breaks: [], left: []},
	...{
		unlawful: [],
		refused: [],
		unsure: ['t1: no run was found'],
		healed: [],
		stale: {claim: 3},
		balanced: true,
	},
	replayed: {histories: 1000, kinds: 3, worlds: 9},
	ledger: {accepted: 1000, succeeded: 1000, dead: 0, cancelled: 0, expired: 0, waiting: 0, running: 0},
};

test('a verdict is clean without troubles, and not with any one of them', t => {
	t.true(isClean(clean));
	const lists = ['lost', 'stuck', 'wrong', 'misanswered', 'breaks', 'left', 'unlawful', 'refused'] as const;
	for (const name of lists) t.false(isClean({...clean, [name]: ['t1: so it is']}), name);
	t.false(isClean({...clean, balanced: false}));
	t.false(isClean({...clean, unsure: ['t1', 't2', 't3']}));
});

test('faults that take nothing out of the broker leave nothing to heal, and whoever goes in order repeats nothing', t => {
	const unharmed = {healed: [], stale: {}};
	const healed = {healed: ['t1: its queue is empty'], stale: {}};
	const repeated = {healed: [], stale: {outcome: 1}};
	t.true(isUnharmed({faults: ['kill-server', 'rolling-restart']}, unharmed));
	t.false(isUnharmed({faults: ['kill-server', 'fill-store']}, healed));
	t.true(isUnharmed({faults: ['kill-server', 'purge-queue']}, healed));
	t.true(isUnharmed({faults: ['kill-server'], servers: 2}, healed));
	t.true(isUnharmed({faults: ['kill-server'], settings: ['dispatch.mode=push']}, healed));
	t.true(isUnharmed({faults: ['kill-server']}, repeated), 'outcomes come again');
	t.false(isUnharmed({faults: ['rolling-restart']}, repeated));
	const denied = {healed: [], stale: {claim: 3}};
	t.true(isUnharmed({faults: ['rolling-restart']}, denied), 'a refused claim runs nothing');
});

const audit = (break_: Partial<Audit>): Audit =>
	({balanced: true, difference: 0, breaks: [], ...break_}) as Audit;
const stray = {kind: 'stray', task: 't1', why: 'it runs', since: 0, healing: true} as const;
/** Answers these one after the other, and the last of them again and again. */
function serverThat(...answers: readonly Audit[]): Pick<Client, 'audit'> {
	let at = 0;
	return {audit: async () => answers[Math.min(at++, answers.length - 1)] as Audit};
}

test('a break that any of the servers names, and does not heal, is named', async t => {
	const broken = audit({balanced: false, breaks: [stray]});
	const patienceMs = 0;

	t.deepEqual(await breaksOf([serverThat(audit({}))], patienceMs), []);
	t.deepEqual(await breaksOf([serverThat(audit({})), serverThat(broken)], patienceMs), [
		'stray: t1: it runs',
	]);
	t.deepEqual(await breaksOf([serverThat(audit({balanced: false, difference: 2}))], patienceMs), [
		'it is not balanced, by 2 tasks',
	]);
});

test('a break that is healed at the next look is none', async t => {
	const broken = audit({balanced: false, breaks: [stray]});

	t.deepEqual(await breaksOf([serverThat(broken, audit({}))], 60_000), []);
});

test('whatever is wrong with the end of a task, the task is named', async t => {
	const item = (kind: Item['input']['kind']): Item => ({
		input: {n: 7, kind, ms: 0, rest: 0},
		options: {key: 'key-7', class: 'normal'},
	});
	const seen = {id: 't1', class: 'normal', failure: null};
	const dead = (code: string) => ({...seen, state: 'dead', failure: {code, message: 'no'}});
	const of = (kind: Item['input']['kind'], view: object, result = '{"n":7,"square":49}') =>
		mistake({resultText: async () => result}, item(kind), view as TaskView);

	t.is(await of('quick', {...seen, state: 'succeeded'}), undefined);
	t.is(await of('doomed', dead('FUNCTION_THREW')), undefined);
	for (const wrong of [
		of('quick', {...seen, state: 'succeeded', class: 'low'}),
		of('quick', dead('TIMEOUT')),
		of('quick', {...seen, state: 'succeeded'}, '8'),
		of('doomed', dead('TIMEOUT')),
	])
		t.regex((await wrong) ?? '', /^t1 \(item 7\): expected /);
});
