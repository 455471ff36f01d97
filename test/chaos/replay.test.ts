// The replay must have a run for what the law decides, and none for what nobody decided.
import {setImmediate as turn} from 'node:timers/promises';
import test from 'ava';
import type {HistoryEntry} from '#contract/audit.ts';
import {
	fails,
	isCancelled,
	isClaimed,
	isGivenUp,
	isGone,
	isLost,
	isOverdue,
	isRedriven,
	isTooLate,
	type Life,
	lifeOf,
	retries,
	succeeds,
} from './life.ts';
import {createReplay} from './replay.ts';

const terms = {infraAttempts: 3};
const alone = {alone: true};
const killed = (worker: string) => isClaimed({...alone, worker});
/** Sent to this worker, and gone with it. */
const spent = (worker: string, more = alone) => [
	isClaimed({...more, redelivered: false, copy: `copy for ${worker}`, worker}),
	isGone(worker),
];

const lawful: Readonly<Record<string, Life>> = {
	'an attempt that succeeds': lifeOf(succeeds()),
	'a task that is not over': lifeOf(isLost()),
	'a retry': lifeOf(fails(), retries(), succeeds(2)),
	'two charges': lifeOf(fails(), retries(), fails(2)),
	crashes: lifeOf(fails(1, 'CRASHED'), retries(), fails(2, 'CRASHED'), retries(3), fails(3, 'CRASHED')),
	'losses that nobody pays for': lifeOf(
		fails(1, 'INTERNAL'),
		retries(),
		fails(2, 'INTERNAL'),
		retries(3),
		succeeds(3),
	),
	'a failure that is final': lifeOf(fails(1, 'PAYLOAD_TOO_LARGE')),
	'a redelivered attempt': lifeOf(isClaimed(), succeeds()),
	'an attempt that is published again': lifeOf(isClaimed({redelivered: false}), succeeds()),
	'what the broker lost': lifeOf(isLost(), isClaimed({redelivered: false, copy: 'd'}), succeeds()),
	'an attempt that is claimed twice': lifeOf(isClaimed(), killed('w3'), succeeds()),
	'a worker that asks again': lifeOf(isClaimed(), killed('w3'), killed('w3'), succeeds()),
	'a worker that asks again before another one does': lifeOf(
		isClaimed({worker: 'a'}),
		killed('a'),
		killed('b'),
		succeeds(),
	),
	'an attempt that is lost with one worker after another': lifeOf(
		isLost(),
		isClaimed({redelivered: false, worker: 'a'}),
		isLost(),
		isClaimed({alone: true, redelivered: false, copy: 'd', worker: 'b'}),
		succeeds(),
	),
	'a claimed attempt that the broker lost': lifeOf(
		isClaimed({worker: 'a'}),
		isLost(),
		killed('b'),
		succeeds(),
	),
	'a claimed attempt that the broker lost, and the same worker got': lifeOf(
		isClaimed({worker: 'a'}),
		isLost(),
		killed('a'),
		succeeds(),
	),
	'two workers that ask in turn': lifeOf(isClaimed(), killed('a'), killed('b'), killed('a'), succeeds()),
	'a task that kills its workers': lifeOf(isClaimed(), killed('a'), killed('b'), killed('c'), killed('d')),
	'a task that kills the workers to whose mailboxes it is sent': lifeOf(
		isGone('a'),
		...spent('b', {alone: false}),
		...spent('c'),
		...spent('d'),
		...spent('e'),
	),
	'a cancel while it is to be retried': lifeOf(fails(), isCancelled),
	'a task that waited too long': lifeOf(isOverdue),
	'a deadline while it is to be retried': lifeOf(fails(), isTooLate),
	'a message that the broker gave up': lifeOf(isGivenUp(), isClaimed({redelivered: false}), succeeds()),
	'a second life': lifeOf(fails(), retries(), fails(2), isRedriven, succeeds(3)),
};

for (const [what, {view, entries}] of Object.entries(lawful)) {
	test.serial(`the model has a run that shows ${what}`, async t => {
		await turn();
		const replay = createReplay(terms);
		t.is(replay.judge(view, entries), undefined);
		t.log(`${replay.tally.worlds} worlds`);
	});
}

/** The same life with other entries, and perhaps another row. */
const told = (
	{view, entries}: Life,
	change: (entries: HistoryEntry[]) => readonly HistoryEntry[],
	row: Partial<Life['view']> = {},
): Life => ({view: {...view, ...row}, entries: change([...entries])});

const saying = (at: number, event: string, from: string, to: string) => (entries: HistoryEntry[]) =>
	entries.map((entry, i) =>
		i === at && entry.event === event ? {...entry, why: (entry.why ?? '').replace(from, to)} : entry,
	);
const without = (at: number) => (entries: HistoryEntry[]) => entries.toSpliced(at, 1);
const twice = (at: number) => (entries: HistoryEntry[]) =>
	entries.toSpliced(at, 0, entries[at] as HistoryEntry);
const put = (at: number, entry: Partial<HistoryEntry>) => (entries: HistoryEntry[]) =>
	entries.toSpliced(at, 0, {...(entries[0] as HistoryEntry), why: null, ...entry});

const retried = lifeOf(fails(), retries(), succeeds(2));
const killer = lifeOf(isClaimed(), killed('a'), killed('b'), killed('c'), killed('d'));
const lost: Partial<HistoryEntry> = {event: 'lost', attempt: 2, from: 'retrying', to: 'retrying'};
const open = {state: 'queued', endedAt: null} as const;

const unlawful: Readonly<Record<string, {life: Life; says: RegExp}>> = {
	'an attempt that ran after its end': {
		life: told(lifeOf(succeeds()), entries => [...entries, ...entries.slice(1)]),
		says: /step 4: no run of the model has "start 1 .* after "succeed 1/,
	},
	'an attempt that ran after it was cancelled': {
		life: told(lifeOf(isCancelled), entries => [...entries, ...lifeOf(succeeds()).entries.slice(1)], open),
		says: /step 3: no run of the model has "start 1/,
	},
	'a charge that the row has and no failure made': {
		life: told(retried, entries => entries, {charged: 2}),
		says: /"it is succeeded at attempt 2, charged 2".*would show "it is succeeded at attempt 2, charged 1"/,
	},
	'a failure that was charged twice': {
		life: told(retried, saying(2, 'fail', '(charge 1 of 2)', '(charge 2 of 2)')),
		says: /"fail 1 running to retrying: charged 2".*would show "fail 1 running to retrying: charged 1"/,
	},
	'a charge for what the infrastructure lost': {
		life: told(
			lifeOf(fails(1, 'INTERNAL'), retries(), succeeds(2)),
			saying(2, 'fail', '(nobody is charged; loss 1)', '(charge 1 of 2)'),
		),
		says: /"fail 1 running to retrying: charged 1".*would show "fail 1 running to retrying: losses 1"/,
	},
	'a failure that nobody paid for': {
		life: told(retried, saying(2, 'fail', '(charge 1 of 2)', '(nobody is charged; loss 1)')),
		says: /would show "fail 1 running to retrying: charged 1"/,
	},
	'a task that gave up before its attempts were over': {
		life: told(
			lifeOf(fails(1, 'PAYLOAD_TOO_LARGE')),
			saying(2, 'fail', 'PAYLOAD_TOO_LARGE', 'FUNCTION_THREW'),
		),
		says: /would show "fail 1 running to retrying: charged 1"/,
	},
	'a retry that was decided twice': {
		life: told(retried, twice(3)),
		says: /step 5: no run of the model has "retry 2 retrying to queued"/,
	},
	'an attempt that no timer started': {life: told(retried, without(3)), says: /step 4: no run of the model/},
	'a first grant that was given twice': {
		life: told(lifeOf(isClaimed(), succeeds()), twice(1)),
		says: /"claim 1 queued to queued: again true, alone false, grant 1, redelivered true" after "claim/,
	},
	'a grant to run alone that was the first': {
		life: told(lifeOf(isClaimed(), killed('a'), succeeds()), without(1)),
		says: /step 2: no run of the model has "claim 1 queued to queued: again false, alone true, grant 2/,
	},
	'an end by lost workers that came one too soon': {
		life: told(killer, without(4)),
		says: /"claim 1 queued to dead: again false".*would show "claim 1 queued to queued: again false, alone true, grant 4/,
	},
	'a loss of a message that never came back': {
		life: told(
			killer,
			saying(3, 'claim', 'its worker was lost or gave it back', 'it may have been dispatched before'),
		),
		says: /step 4: no run .* has "claim 1 queued to queued: again false, alone true, grant 3, redelivered false, soloLosses 1"/,
	},
	'a loss of a worker that asks again': {
		life: told(lifeOf(isClaimed(), killed('a'), killed('b'), succeeds()), entries =>
			entries.map(entry => (entry.worker === 'b' ? {...entry, worker: 'a'} : entry)),
		),
		says: /"claim 1 .* again true, alone true, grant 3, redelivered true, soloLosses 1".*again true, alone true, grant 3, redelivered true, soloLosses 0"/,
	},
	'a lost attempt that was not dispatched': {
		life: told(retried, put(3, lost)),
		says: /step 4: no run of the model has "lost 2 retrying to retrying"/,
	},
	'a task that was lost before it was there': {
		life: told(lifeOf(succeeds()), put(0, {event: 'lost', from: 'accepted', to: 'queued'})),
		says: /step 1: no run .* at first; it would show "admit 1 accepted to queued"/,
	},
	'a second life that nobody asked for': {
		life: told(lifeOf(fails(), retries(), fails(2), isRedriven, succeeds(3)), without(6)),
		says: /step 7: no run of the model has "start 3/,
	},
};

for (const [what, {life, says}] of Object.entries(unlawful)) {
	test.serial(`the model has no run that shows ${what}`, async t => {
		await turn();
		const replay = createReplay(terms);
		const refusal = replay.judge(life.view, life.entries);
		t.regex(refusal?.says ?? 'it has one', says);
		t.log(`${replay.tally.worlds} worlds, ${refusal?.sure ? 'sure' : 'given up'}`);
	});
}

test('histories that differ in times and workers only are judged once', t => {
	const replay = createReplay(terms);
	const {view, entries} = retried;
	for (let n = 0; n < 100; n++) {
		t.is(
			replay.judge(
				{...view, id: `t${n}`},
				entries.map(entry => ({...entry, at: entry.at + n, worker: `w${n}`})),
			),
			undefined,
		);
	}
	t.like(replay.tally, {histories: 100, kinds: 1});
});
