// A bounded part of `npm run chaos`, on one broker: each fault once, briskly, under a small load; culprits
// among good tasks; cancels.
import test from 'ava';
import type {Mode} from '#dispatch/dispatch.ts';
import {type OwnRabbit, ownRabbit} from '../harness/rabbit.ts';
import {isThorough} from '../harness/thorough.ts';
import {cancelMany} from './cancels.ts';
import {crashAmong} from './crash.ts';
import type {FaultName} from './faults.ts';
import {round} from './round.ts';

const seed = 20_261_121;

let rabbit: OwnRabbit;
test.before(async t => {
	t.timeout(120_000);
	rabbit = await ownRabbit('a broker that is killed under load');
});
test.after.always(() => rabbit?.stop());

type Group = {readonly faults: readonly FaultName[]; readonly mode?: Mode};

const groups: Readonly<Record<string, Group>> = {
	'processes that are killed and stopped': {
		faults: ['kill-executor', 'kill-worker', 'stop-worker', 'kill-server'],
	},
	// Alone: where nothing else strikes, nothing may run twice.
	'all nodes, restarted one after the other,': {faults: ['rolling-restart']},
	'workers that work is pushed to, killed and stopped like their server, their connections broken': {
		faults: ['kill-worker', 'stop-worker', 'kill-server', 'drop-connections'],
		mode: 'push',
	},
	'stores that are full': {faults: ['fill-store']},
	'a broker that is killed, connections that break and queues that are emptied or deleted': {
		faults: ['drop-connections', 'kill-broker', 'purge-queue', 'delete-queue'],
	},
};

for (const [what, {faults, mode = 'pull'}] of Object.entries(groups)) {
	test.serial(`under load, ${what} lose nothing, leave nothing stuck and no answer wrong`, async t => {
		t.timeout(300_000);
		const tasks = 60 * faults.length;

		const report = await round({
			...{rabbit, seed, faults, load: {tasks}, blows: faults.length, workers: 2, brisk: 0.1},
			settings: ['dispatch.audit=1s', `dispatch.mode=${mode}`],
		});

		if (!report.clean) t.log(JSON.stringify(report, null, 1));
		// One that missed was struck again: in the end each has bitten, once.
		t.deepEqual(
			report.blows.filter(({missed}) => missed === null).map(({fault}) => fault),
			faults,
		);
		const none = {lost: [], stuck: [], wrong: [], misanswered: [], breaks: [], left: []};
		t.like(report.verdict, {...none, unlawful: [], refused: [], balanced: true});
		t.true(report.clean);
		const {tasks: all, replayed, unsure} = report.verdict;
		t.true(all > tasks);
		t.is(replayed.histories, all);
		for (const {fault, what, missed, healMs} of report.blows)
			t.log(`${fault}: ${what}${missed === null ? '' : `; a miss: ${missed}`}; healed after ${healMs} ms`);
		t.log(
			`${replayed.kinds} kinds of histories, ${unsure.length} unsure, ${replayed.worlds} worlds of the model`,
		);
	});
}

// `abort` differs from `kill` by its signal alone: `npm run chaos` does both, 20 times each.
for (const [crash, mode] of [
	['abort', 'pull'],
	['worker', 'pull'],
	// Each of its workers is missed for three heartbeats first.
	...(isThorough ? [['worker', 'push'] as const] : []),
] as const) {
	test.serial(`of 200 good tasks beside one that crashes (${crash}, ${mode}) none pays for it`, async t => {
		t.timeout(180_000);

		const report = await crashAmong(rabbit, 200, crash, seed, mode);

		t.deepEqual(report.complaints, []);
		t.true(report.crashes >= 3);
		t.is(report.histories.replayed.histories, 201);
	});
}

test.serial('cancels from another process stop what spins, what awaits and what is queued', async t => {
	t.timeout(120_000);

	const report = await cancelMany(rabbit, 100, seed);

	t.deepEqual(report.complaints, []);
	t.true(report.cancels >= 100);
	t.is(report.histories.replayed.histories, report.cancels);
});
