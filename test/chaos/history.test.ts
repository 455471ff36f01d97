// Whoever judges the chaos runs must see what is wrong: its own few tests.
import test from 'ava';
import type {HistoryEntry} from '#contract/audit.ts';
import type {TaskView} from '#contract/task.ts';
import {seeded} from './dice.ts';
import {heal} from './heal.ts';
import {unlawful} from './history.ts';

type Step = readonly [event: string, from: HistoryEntry['from'], to: HistoryEntry['to'], attempt: number];

const entry = ([event, from, to, attempt]: Step): HistoryEntry => ({
	...{event, from, to, attempt, at: 0, why: null, worker: null, executor: null},
});
const ended = (state: TaskView['state']) => ({state}) as TaskView;
const happy: readonly Step[] = [
	['admit', 'accepted', 'queued', 1],
	['start', 'queued', 'running', 1],
	['succeed', 'running', 'succeeded', 1],
];
const judged = (state: TaskView['state'], steps: readonly Step[]) => unlawful(ended(state), steps.map(entry));

test('a history that the machine allows is lawful', t => {
	t.is(judged('succeeded', happy), undefined);
	const claimed: Step = ['claim', 'queued', 'queued', 1];
	t.is(judged('succeeded', [happy[0] as Step, claimed, ...happy.slice(1)]), undefined);
});

test('a step that the machine does not have, a gap, a number that goes back and another end are unlawful', t => {
	const [admit, start, succeed] = happy as [Step, Step, Step];
	t.regex(judged('cancelled', [...happy, ['cancel', 'succeeded', 'cancelled', 1]]) ?? '', /has no cancel/);
	t.regex(
		judged('succeeded', [admit, succeed]) ?? '',
		/begins in running, after a step that ended in queued/,
	);
	const failed: Step = ['fail', 'running', 'retrying', 2];
	const back: Step = ['retry', 'retrying', 'queued', 1];
	t.regex(judged('queued', [admit, start, failed, back]) ?? '', /attempt 1 came after attempt 2/);
	t.regex(judged('dead', happy) ?? '', /ends in succeeded, and the task is dead/);
});

test('the time to heal is that of the last task that the blow caught', t => {
	const view = (createdAt: number, endedAt: number) => ({createdAt, endedAt}) as TaskView;
	const views = [view(0, 90), view(50, 450), view(150, 700), view(250, 9000)];
	t.is(heal({at: 100, until: 200}, views), 500);
	t.is(heal({at: 9500, until: 9600}, views), null);
});

test('the same seed gives the same chances', t => {
	const draw = (seed: number) => {
		const dice = seeded(seed);
		return Array.from({length: 20}, () => dice.between(1, 1000));
	};
	t.deepEqual(draw(7), draw(7));
	t.notDeepEqual(draw(7), draw(8));
});
