// Whoever is inside when executors die, over many made-up worlds: who pays, and what it costs the others.
import test from 'ava';
import fc from 'fast-check';
import type {Build} from '#contract/build.ts';
import {blame} from '#worker/executorBlame.ts';
import {Job} from '#worker/executorJob.ts';
import type {RunItem, RunOutcome} from '#worker/executors.ts';
import {buildOf} from '../engine/world.ts';
import {itemOf} from './pool.ts';

const versions = await Promise.all([1, 2, 3].map(n => buildOf(`export default ${n};`)));
const done = {result: Buffer.from('1'), usage: null};
const crash = {reason: null, culprit: null, how: 'SIGSEGV', complaint: ''};
const death = (jobs: readonly Job[]) => blame(new Map(jobs.map((job, list) => [list, job])), crash);
const isBomb = ({input}: RunItem) => String(input) === 'true';

/** Lists of items, of which `true` takes its executor down whenever it begins. */
const lists = fc.array(
	fc.record({version: fc.nat(2), bombs: fc.array(fc.boolean(), {minLength: 1, maxLength: 6})}),
	{minLength: 1, maxLength: 8},
);

type Made = readonly {readonly version: number; readonly bombs: readonly boolean[]}[];

function jobsOf(made: Made, ends: Map<RunItem, string>): Job[] {
	const settled = (item: RunItem, {failure}: RunOutcome) => {
		if (ends.has(item)) throw new Error('Expected an item to end once');
		ends.set(item, failure?.code ?? 'ok');
	};
	return made.map(({version, bombs}) => {
		const items = bombs.map(bomb => itemOf(bomb));
		return new Job(versions[version] as Build, items, {started() {}, settled});
	});
}

/** One executor of four slots and the one for suspects, step by step; `dice` says who ends next. */
function play(made: Made, dice: () => number) {
	const ends = new Map<RunItem, string>();
	const line = jobsOf(made, ends);
	let cell: Job[] = [];
	let deaths = 0;
	const lose = (jobs: readonly Job[]) => {
		const {charged, suspects, bystanders} = death(jobs);
		for (const {job, index, failure} of charged) job.settle(index, {failure, usage: null, deaths: 1});
		const cleared = cell.filter(job => job.isCleared);
		cell = [...cell.filter(job => !job.isCleared), ...suspects];
		line.unshift(...bystanders, ...Job.released(cleared));
	};
	for (let inside: Job[] = []; line.length + inside.length + cell.length > 0; ) {
		inside.push(...line.splice(0, 4 - inside.length));
		for (const job of inside) job.take(0);
		const [suspect] = cell.splice(0, 1);
		suspect?.take(0);
		if (suspect?.items.some(isBomb)) lose([suspect]);
		else suspect?.settle(0, done);
		const next = inside[dice() % Math.max(1, inside.length)];
		const [index] = next?.open ?? [];
		const item = next?.items[index ?? -1];
		if (next && item && isBomb(item)) {
			deaths += 1;
			lose(inside);
			inside = [];
		} else next?.settle(index ?? 0, done);
		inside = inside.filter(job => !job.over);
	}
	return {ends, deaths};
}

test('nobody innocent is charged, all that is guilty is, and a list costs its neighbours two executors at most', t => {
	const holds = fc.property(lists, fc.infiniteStream(fc.nat(1000)), (made, stream) => {
		const {ends, deaths} = play(made, () => stream.next().value ?? 0);
		const wrong = [...ends].filter(([item, end]) => end !== (isBomb(item) ? 'CRASHED' : 'ok'));
		return (
			wrong.length === 0 && ends.size === made.flatMap(({bombs}) => bombs).length && deaths <= 2 * made.length
		);
	});
	t.notThrows(() => fc.assert(holds, {numRuns: 3000}));
});
