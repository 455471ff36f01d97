// A round is clean when nothing at all is wrong, and by nothing else.
import test from 'ava';
import type {Client} from '#client/client.ts';
import type {Audit} from '#contract/audit.ts';
import {breaksOf} from './breaks.ts';
import {isClean, type Verdict} from './verdict.ts';

const clean: Verdict = {
	...{tasks: 1000, lost: [], stuck: [], wrong: [], misanswered: [], breaks: [], left: []},
	...{unlawful: [], refused: [], unsure: ['t1: no run was found'], stale: 3, balanced: true},
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
