// A worker: takes work, claims what may have been run before, runs, publishes outcomes, acks.
import {ack, mailbox, publish, take} from './broker.ts';
import {blameOf, doesAt} from './charge.ts';
import {inbox, type Model, must, specOf, workerOf} from './model.ts';
import type {Claim, Held, Work, Worker} from './state.ts';
import type {Menu, Moves, Step} from './step.ts';
import type {World} from './world.ts';

export function workerSteps(m: Model, w: World, menu: Menu): void {
	for (const id of Object.keys(w.workers)) {
		const worker = workerOf(w, id);
		if (!worker.up) {
			menu.add('starts again', id);
			continue;
		}
		const items = worker.held.flatMap(held => held.items).filter(item => item.state !== 'over');
		const slots = m.config.slots ?? 2;
		if (w.queues.work?.length && items.length < slots) menu.add('takes work', id);
		if (w.queues[mailbox(id)]?.length) menu.add('takes from its mailbox', id);
		worker.held.forEach((held, i) => {
			held.items.forEach((item, j) => {
				itemSteps(m, w, menu, {id, worker, items, slots}, item, i, j);
			});
			heldSteps(m, w, menu, id, held, i);
		});
		menu.fault('crash worker', 'dies', id);
		menu.fault('lose connection', 'loses its connection', id);
	}
}

type At = {
	readonly id: string;
	readonly worker: Worker;
	/** All that is in its hands and not over. */
	readonly items: readonly Work[];
	readonly slots: number;
};

function itemSteps(m: Model, w: World, menu: Menu, at: At, item: Work, i: number, j: number): void {
	const {id, items} = at;
	const {task} = item;
	if (item.state === 'unclaimed') menu.add('claims', id, task, i, j);
	if (item.state === 'lonely' && !items.some(one => one.state === 'running' || one.alone)) {
		menu.add('claims alone', id, task, i, j);
	}
	if (item.state === 'asked' && m.rules.claimAsk && !isAskedFor(w, at, item)) {
		menu.add('claims once more', id, task, i, j);
	}
	if (item.state === 'ready' && mayStart(at, item)) menu.add('runs', id, task, i, j);
	if (item.state !== 'running') return;
	const does = doesAt(specOf(m, task), item.attempt);
	if (does === 'killer') menu.add('is killed by', id, task);
	else menu.add(does === 'poison' ? 'loses an executor to' : 'is through with', id, task, i, j);
}

/** R15: what holds a solo grant has the worker for itself. */
function mayStart({items, slots}: At, item: Work): boolean {
	const lock = items.find(one => one.alone);
	if (lock) return lock === item && !items.some(one => one.state === 'running' && one !== item);
	const running = items.filter(one => one.state === 'running');
	if (item.solo) return running.length === 0;
	if (running.some(one => one.solo) || (item.quarantine && running.some(one => one.quarantine))) return false;
	return running.length < slots;
}

function isAskedFor(w: World, {id, worker}: At, item: Work): boolean {
	const isIt = (claim: Claim) =>
		claim.worker === id && claim.epoch === worker.epoch && claim.id === item.claim;
	const bodies = [...Object.values(w.queues).flat(), ...w.unacked.map(one => one.message)].map(
		one => one.body,
	);
	if (bodies.some(body => body.kind === 'claim' && isIt(body.claim))) return true;
	return [...Object.values(w.nodes), ...Object.values(w.ghosts)].some(({ops}) =>
		ops.some(({more}) => more.claim && isIt(more.claim)),
	);
}

function heldSteps(
	{config, rules}: Model,
	w: World,
	menu: Menu,
	id: string,
	{items, acked}: Held,
	i: number,
): void {
	const what = items.map(item => item.task).join(', ');
	if (items.some(item => item.state === 'done')) menu.add('publishes the outcome of', id, what, i);
	// Whoever is told by hand says so once it is in the store: until then nothing else runs beside what runs alone.
	const isTaken = (item: Work) => !config.local || !isOpen(w, item);
	if (items.some(item => item.state === 'sent' && isTaken(item)))
		menu.add('gets the confirm for', id, what, i);
	const over = items.every(item => item.state === 'over');
	const early =
		!rules.ackAfterConfirm && !acked && items.every(({state}) => state === 'over' || state === 'done');
	if (over || early) menu.add('acks', id, what, i);
}

/** The row is still at this attempt. */
const isOpen = ({rows}: World, {task, attempt}: Work): boolean =>
	rows[task]?.state === 'queued' && rows[task].attempt === attempt;

const heldAt = (w: World, {who, i}: Step): Held => must(workerOf(w, who).held[i], 'the delivery');
const itemAt = (w: World, step: Step): Work => must(heldAt(w, step).items[step.j], 'the attempt');

export const workerMoves: Moves = {
	'starts again': (_m, w, {who}) => {
		const {epoch} = workerOf(w, who);
		const fresh = {up: true, link: 0, tags: 0, held: [], stopped: {}};
		w.workers[who] = {...fresh, epoch: epoch + 1, claims: 0};
	},
	'takes work': (m, w, {who}) => takeWork(m, w, who, 'work'),
	'takes from its mailbox': (m, w, {who}) => takeWork(m, w, who, mailbox(who)),
	claims: (_m, w, step) => claim(w, step, true),
	'claims once more': (_m, w, step) => claim(w, step, false),
	'claims alone': (_m, w, step) => {
		itemAt(w, step).alone = true;
		claim(w, step, true);
	},
	runs: (m, w, step) => run(m, w, itemAt(w, step)),
	'is through with': (m, w, step) => {
		const item = itemAt(w, step);
		item.blame = blameOf(specOf(m, item.task), item.attempt);
		item.state = 'done';
	},
	'loses an executor to': (m, w, step) => loseExecutor(m, workerOf(w, step.who), itemAt(w, step)),
	'publishes the outcome of': (m, w, step) => publishOutcomes(m, w, heldAt(w, step)),
	'gets the confirm for': (m, w, step) => {
		for (const item of heldAt(w, step).items)
			if (item.state === 'sent' && !(m.config.local && isOpen(w, item))) item.state = 'over';
	},
	acks: (_m, w, step) => {
		const held = heldAt(w, step);
		ack(w, held.tag, held.owner);
		held.acked = true;
		const {held: all} = workerOf(w, step.who);
		if (held.items.every(item => item.state === 'over')) all.splice(step.i, 1);
	},
};

function takeWork({config, rules}: Model, w: World, id: string, queue: string): void {
	const worker = workerOf(w, id);
	const {tag, owner, message} = take(w, queue, id, worker);
	const {body} = message;
	if (body.kind !== 'work') return;
	// Whoever starts a node anew brings back what its last life may have run.
	const isBack = config.local === true && rules.localCounts && body.items.some(({again}) => again);
	const redelivered = message.redelivered || isBack;
	const items = body.items.map(({task, attempt, again}): Work => {
		const stopped = (worker.stopped[task] ?? 0) >= attempt;
		const state = redelivered || again ? 'unclaimed' : 'ready';
		const flags = {claim: 0, alone: false, solo: false, quarantine: false, blame: null};
		return {task, attempt, state: stopped ? 'over' : state, ...flags};
	});
	worker.held.push({tag, owner, copy: body.copy, redelivered, home: body.home, items, acked: false});
}

/** R22: first the home of the message, then anyone. */
function claim(w: World, step: Step, atHome: boolean): void {
	const worker = workerOf(w, step.who);
	const {copy, redelivered, home} = heldAt(w, step);
	const item = itemAt(w, step);
	worker.claims++;
	item.claim = worker.claims;
	item.state = 'asked';
	const {task, attempt, alone} = item;
	const asks = {
		worker: step.who,
		epoch: worker.epoch,
		task,
		attempt,
		copy,
		redelivered,
		alone,
		id: item.claim,
	};
	const body = {kind: 'claim', claim: asks} as const;
	if (!atHome || !publish(w, inbox(home), body)) publish(w, 'outcomes', body);
}

function run(m: Model, w: World, item: Work): void {
	const row = w.rows[item.task];
	if (row?.state !== 'queued' || row.attempt !== item.attempt) m.counts.startedAfterOver++;
	const others = Object.values(w.workers).flatMap(({held}) => held.flatMap(one => one.items));
	const isTwin = (one: Work) =>
		one.task === item.task && one.attempt === item.attempt && one.state === 'running';
	if (others.some(isTwin)) m.counts.twins++;
	w.seen.started[`${item.task}#${item.attempt}`] = true;
	item.state = 'running';
}

/** R23: to the home's inbox; where that is gone, to anyone. */
function publishOutcomes({rules}: Model, w: World, {home, items}: Held): void {
	const done = items.filter(item => item.state === 'done');
	const outcomes = done.map(({task, attempt, blame}) => ({task, attempt, blame}));
	const body = {kind: 'outcomes', outcomes} as const;
	if (!publish(w, inbox(home), body) && rules.fallback) publish(w, 'outcomes', body);
	for (const item of done) item.state = 'sent';
}

/** R25: an executor dies. A lone attempt inside is charged; of several none is, each runs again alone. */
function loseExecutor({config}: Model, {held}: Worker, killer: Work): void {
	const running = held.flatMap(one => one.items).filter(item => item.state === 'running');
	const inside = running.filter(item => (killer.quarantine ? item === killer : !item.quarantine));
	for (const item of inside) {
		if (inside.length === 1 || config.blameAll) {
			item.blame = 'crash';
			item.state = 'done';
		} else {
			item.state = 'ready';
			item.quarantine = true;
		}
	}
}
