import {setImmediate as turn} from 'node:timers/promises';
import {type Failure, fail} from '#actors/failure.ts';
import {isTerminal, type TaskEvent} from '#actors/task.ts';
import type {CancelReceipt, Stop, TaskName, TaskView} from '#contract/task.ts';
import {atMost, pause} from '#lib/clock.ts';
import type {Settled, World} from '#runtime/letter.ts';
import {keyOf, type TaskRow} from '#store/store.ts';
import type {Answer} from './api.ts';
import {type Desk, no, yes} from './desk.ts';
import {find, unknown, view} from './inspect.ts';

type Read = (row: TaskRow, world: World) => readonly TaskEvent[] | undefined;

const ask = ({home}: Desk, name: string, task: string, read: Read) =>
	new Promise<Settled>(settle => home.tell({kind: 'event', name, task, read, comesAgain: true, settle}));

export async function cancel(desk: Desk, task: string | TaskName): Promise<Answer<CancelReceipt>> {
	const id = typeof task === 'string' ? task : await idOf(desk, task);
	if (id === undefined) return no(unnamed(task as TaskName));
	const settled = await ask(desk, 'cancel', id, (row, world) =>
		isTerminal(row.state)
			? undefined
			: [{type: 'cancel', at: world.now, ran: world.ran(id, row.attempt) ?? null}],
	);
	if (settled.how === 'failed') return no(settled.failure);
	if (settled.how === 'committed') {
		const {was, row} = settled;
		const ran = was?.state === 'queued' ? desk.home.roster.ran(id, was.attempt) : undefined;
		const stop = ran ? await stopped(desk, row, ran.worker) : null;
		return yes({
			task: id,
			was: ran ? 'running' : (was?.state ?? row.state),
			state: row.state,
			cancelled: true,
			stop,
		});
	}
	const row = settled.how === 'passed' ? settled.row : undefined;
	return row
		? yes({task: id, was: row.state, state: row.state, cancelled: false, stop: null})
		: no(unknown(id));
}

async function idOf(desk: Desk, name: TaskName): Promise<string | undefined> {
	if ('key' in name) return (await desk.home.store.loadByKey([name])).get(keyOf(name))?.id;
	const row = await find(desk, name.task);
	return row?.function === name.function ? row.id : undefined;
}

function unnamed(name: TaskName): Failure {
	const which = 'key' in name ? `with the key \`${name.key}\`` : name.task;
	return fail(
		'TASK_NOT_FOUND',
		`\`${name.function}\` has no task ${which}; it may have been deleted after its retention`,
	);
}

/** The most that a cancel waits to hear that the attempt has stopped; the task is over in any case. */
const stopPatienceMs = 2000;

/** The worker's word that the attempt has stopped, and what it had used and called. */
async function stopped({ambient, home}: Desk, {id, attempt}: TaskRow, worker: string): Promise<Stop> {
	const {clock} = ambient;
	const since = clock.now();
	const {stopped: word, leave} = home.stops.wait(id, attempt);
	const enough = new AbortController();
	// Where this process stood still, the word has come and waits to be read.
	const late = pause(clock, stopPatienceMs, enough.signal).then(() => turn());
	const outcome = await Promise.race([word, late]);
	enough.abort();
	leave();
	if (!outcome) return {worker, confirmed: false, ms: null, runMs: null, cpuMs: null, hostCalls: null};
	const {runMs = null, cpuMs = null, hostCalls = null} = outcome.usage ?? {};
	return {worker, confirmed: true, ms: clock.now() - since, runMs, cpuMs, hostCalls};
}

type Redrive = {readonly sameVersion?: boolean; readonly reply?: boolean};

/** The most that a redrive waits for its task's last end to be told. */
const patienceMs = 5000;
const againMs = 250;

/**
 * The next life of a dead task. It takes the live version, unless told otherwise or there is none. Its
 * last end is told first (A8, docs/decisions/0002): a crash after the redrive's commit would find a queued
 * row, and nobody would know of the reply that was never sent. What else a home of ours has to tell is no matter.
 */
export async function redrive(desk: Desk, id: string, options: Redrive = {}): Promise<Answer<TaskView>> {
	const {clock} = desk.ambient;
	const until = clock.now() + patienceMs;
	for (;;) {
		if (!(await isTold(desk, id))) {
			if (clock.now() >= until) return no(notTold(id));
			await pause(clock, againMs);
			continue;
		}
		const {settled, untold} = await tryRedrive(desk, id, options);
		if (settled.how === 'failed') return no(settled.failure);
		if (settled.how === 'committed') return yes(view(desk, settled.row));
		if (untold !== undefined && clock.now() < until) {
			await atMost(clock, until - clock.now(), untold);
			continue;
		}
		const row = settled.how === 'passed' ? settled.row : undefined;
		if (!row) return no(unknown(id));
		if (untold !== undefined) return no(notTold(id));
		return no(fail('CONFLICT', `Task ${id} is ${row.state}; only a dead task can be redriven`));
	}
}

const notTold = (id: string) => fail('UNAVAILABLE', `The end of task ${id} could not be told yet; try again`);

/** Another home says in its lease how far it has told what it committed. */
async function isTold({home}: Desk, id: string): Promise<boolean> {
	if (!home.store.shared) return true;
	const row = (await home.store.load([id])).get(id);
	if (row?.state !== 'dead' || row.home === home.id) return true;
	const peer = (await home.store.homes()).find(one => one.home === row.home);
	return peer !== undefined && peer.actedThrough >= row.seq;
}

async function tryRedrive(
	desk: Desk,
	id: string,
	options: Redrive,
): Promise<{settled: Settled; untold?: Promise<void>}> {
	let untold: Promise<void> | undefined;
	const settled = await ask(desk, 'redrive', id, (row, world) => {
		untold = row.state === 'dead' && row.home === desk.home.id ? desk.home.untold(row) : undefined;
		if (row.state !== 'dead' || untold) return undefined;
		const live = options.sameVersion ? undefined : desk.home.functions.get(row.function)?.live;
		const version = live?.digest ?? row.version;
		const maxAttempts = live?.policy.maxAttempts ?? row.maxAttempts;
		const reply = options.reply === true;
		return [{type: 'redrive', at: world.now, room: world.room(row), version, maxAttempts, reply}];
	});
	return untold === undefined ? {settled} : {settled, untold};
}
