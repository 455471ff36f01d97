/**
 * A server's heart: the home of the tasks that were submitted to it. Wires the loop to the store, the
 * broker and the workers; `api` and the doors use what is here.
 */
import type {Order} from '#contract/control.ts';
import {checkHeartbeat} from '#contract/control.ts';
import type {OutcomeItem} from '#contract/outcome.ts';
import type {Happening, WorkerView} from '#contract/status.ts';
import {messageTypes} from '#contract/work.ts';
import {encodeFrame} from '#lib/frame.ts';
import {readJson} from '#lib/json.ts';
import type {Feed} from '#observe/feed.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Store, TaskRow} from '#store/store.ts';
import {defaultClass, defaultPool, type Names, serverTopology} from '#transport/topology.ts';
import type {Consumer, Delivery, Transport, Verdict} from '#transport/transport.ts';
import {type Acts, createActs} from './act.ts';
import {createAnnouncer} from './announcer.ts';
import {createCodeDesk} from './code.ts';
import {createFunctions, type Functions} from './functions.ts';
import {Host} from './host.ts';
import {createInbox} from './inbox.ts';
import type {Letter} from './letter.ts';
import {createOutlet} from './outlet.ts';
import {createParking} from './parking.ts';
import {refill} from './refill.ts';
import {resume} from './resume.ts';
import {keepTidy} from './retention.ts';
import {createReturned} from './returned.ts';
import {createRoster, type Roster} from './roster.ts';
import type {Dispatch} from './runtime.ts';
import {createTimers} from './timers.ts';
import {createTombs} from './tombs.ts';
import {createTrouble} from './trouble.ts';
import {createWaiters, type Waiters} from './waiters.ts';
import {createWatermark} from './watermark.ts';
import {createWindow, type Window} from './window.ts';

export type Home = {
	readonly id: string;
	readonly store: Store;
	readonly transport: Transport;
	readonly names: Names;
	readonly functions: Functions;
	readonly roster: Roster;
	readonly waiters: Waiters;
	readonly window: Window;
	tell(letter: Letter): void;
	/** Tells whoever listens here, and whoever is bound to `warren.events`. */
	happened(happening: Happening): void;
	/** What keeps the store from taking commits now; undefined: nothing. */
	trouble(): string | undefined;
	/** Whether what this commit owed to the world was done; and the moment when it is. */
	acted(seq: number): {readonly done: boolean; readonly when: Promise<void>};
	/** Settles if another process has opened this home. */
	readonly failed: Promise<Error>;
	/** Listens: what workers send is taken from here on, and the backlog moves. */
	start(): Promise<void>;
	/** Takes nothing new and resolves when what is in hand is settled. */
	stop(): Promise<void>;
};

export type HomeParts = {
	readonly id: string;
	readonly store: Store;
	readonly transport: Transport;
	readonly names: Names;
	readonly feed: Feed;
	readonly dispatch: (home: string, epoch: number) => Dispatch;
	readonly windowSize: number;
	readonly groupMost: number;
	readonly retentionMs: number;
	readonly intakeBytes: number;
	/** Tell `warren.events`. */
	readonly events: boolean;
	/** A number in [0, 1) for the jitter of retries. */
	readonly dice: () => number;
};

const inboxPrefetch = 1000;

export async function openHome(ambient: Ambient, parts: HomeParts): Promise<Home> {
	const {id, store, transport, names, feed} = parts;
	const home = await store.open(id);
	const over = new AbortController();
	const dispatch = parts.dispatch(id, home.epoch);
	const watermark = createWatermark(home.actedThrough, home.seq);
	const trouble = createTrouble(ambient.log);
	const waiters = createWaiters();
	const window = createWindow(parts.windowSize, await startOf(store));
	const announcer = createAnnouncer(ambient, transport, parts.events ? names.events : undefined);
	const order = createOrders(ambient, transport, names);
	const park = createParking(ambient, transport, names);
	const tombs = createTombs(all => order('all', all));
	const happened = (happening: Happening) => {
		feed.tell(happening);
		announcer.announce(happening);
	};
	const changed = ({id: worker, pool, state}: WorkerView) => {
		happened({actor: 'worker', id: worker, group: pool, state, at: ambient.clock.now()});
	};
	const roster = createRoster(ambient, changed);
	const tell = (letter: Letter) => host.tell(letter);
	const functions = createFunctions(store, tell);
	const timers = createTimers(ambient, store, tell);
	const outlet = createOutlet(ambient, {store, transport, names, feed, announcer, tombs});
	const acts: Acts = createActs(ambient, {store, dispatch, outlet, waiters, watermark});
	const moveBacklog = refill(ambient, {
		...{store, window, tell, pool: defaultPool, class: defaultClass},
		recount: () => host.recount(),
		over: over.signal,
	});
	const host = new Host(ambient, {
		...{store, home, watermark, window, trouble, acts, groupMost: parts.groupMost},
		world: {
			jitter: parts.dice,
			policy: version => functions.policy(version),
			ran: (task, attempt) => roster.ran(task, attempt),
		},
		prepare: versions => functions.prepare(versions),
		recount: async () => window.recount(await startOf(store)),
		after(rows) {
			for (const row of rows) noteTimers(row, at => timers.note(at));
			ambient.metrics.inFlight.set(window.placed);
			ambient.metrics.backlog.set(window.backlog);
			moveBacklog();
		},
	});
	const inbox = createInbox(ambient, {
		...{tell, order},
		over: (task, attempt) => tombs.remove(task, attempt),
		measured: (row, outcome) => measure(ambient, dispatch, row, outcome),
		park,
	});
	const desk = createCodeDesk(ambient, {store, tombs, order, park});
	const returned = createReturned(ambient, tell, park);
	const hear = (delivery: Delivery): Verdict => {
		const checked = checkHeartbeat(readJson(delivery.body));
		if (!checked.ok) return 'ack';
		roster.hear(checked.value);
		// Cancel is repeated until no heartbeat lists the attempt.
		const stops = checked.value.held.filter(({task, attempt}) => tombs.has(task, attempt));
		if (stops.length > 0) order(checked.value.worker, {type: 'stop', stops});
		return 'ack';
	};
	const collect = async (): Promise<void> => {
		ambient.metrics.tasks.reset();
		for (const {function: fn, state, count} of await store.counts()) {
			ambient.metrics.tasks.inc({function: fn, state}, count);
		}
	};
	const consumers: Consumer[] = [];
	const close = async (): Promise<void> => {
		over.abort();
		ambient.metrics.collectors.delete(collect);
		timers.stop();
		await Promise.all([...consumers.map(consumer => consumer.cancel()), host.stop()]);
		roster.stop();
	};
	let stopping: Promise<void> | undefined;
	const stop = (): Promise<void> => {
		stopping ??= close();
		return stopping;
	};
	// Another process works on what is ours: it must find all of it in the broker.
	void host.failed.then(stop);
	await functions.load();

	return {
		...{id, store, transport, names, functions, roster, waiters, window, happened, tell},
		trouble: () => trouble.why,
		acted: seq => ({done: watermark.actedThrough >= seq, when: watermark.passed(seq)}),
		failed: host.failed,
		async start() {
			ambient.metrics.collectors.add(collect);
			await transport.declare(serverTopology(names, id, parts.intakeBytes));
			await resume(ambient, {store, home, acts, watermark, durable: transport.durable});
			const listen = async (queue: string, handle: (delivery: Delivery) => Promise<Verdict> | Verdict) =>
				consumers.push(await transport.consume(queue, {prefetch: inboxPrefetch}, handle));
			await listen(names.node(id), inbox);
			await listen(names.outcomes, inbox);
			await listen(names.functions, desk);
			await listen(names.returned, returned);
			await listen(names.ear(id), hear);
			await timers.start();
			keepTidy(ambient, store, parts.retentionMs, over.signal);
			moveBacklog();
		},
		stop,
	};
}

async function startOf(store: Store): Promise<{placed: number; backlog: number}> {
	const queued = (await store.counts()).filter(({state}) => state === 'queued');
	const sum = (placed: boolean) =>
		queued.filter(one => one.placed === placed).reduce((all, {count}) => all + count, 0);
	return {placed: sum(true), backlog: sum(false)};
}

function noteTimers(row: TaskRow, note: (at: number) => void): void {
	if (row.dueAt !== null && row.state === 'retrying') note(row.dueAt);
	if (row.endedAt !== null) return;
	if (row.expiresAt !== null) note(row.expiresAt);
	if (row.deadline !== null) note(row.deadline);
}

function measure(
	{metrics}: Ambient,
	dispatch: Dispatch,
	row: TaskRow,
	{failure, usage, startedAt}: OutcomeItem,
): void {
	const labels = {function: row.function};
	if (failure) metrics.failures.inc({function: row.function, code: failure.code});
	if (row.endedAt !== null) metrics.totalSeconds.observe(labels, (row.endedAt - row.createdAt) / 1000);
	if (!usage) return;
	dispatch.measured(row.version, usage.runMs);
	metrics.queueSeconds.observe(labels, Math.max(0, startedAt - row.createdAt) / 1000);
	metrics.runSeconds.observe(labels, usage.runMs / 1000);
	if (!usage.cold) return;
	metrics.initSeconds.observe(labels, usage.initMs / 1000);
	metrics.coldStarts.inc(labels);
}

/** Tells one worker, or all. Lossy: whoever needs an answer asks again. */
function createOrders({log, metrics}: Ambient, transport: Transport, names: Names) {
	return (worker: string, order: Order, part?: Buffer): void => {
		metrics.published.inc({kind: 'control'});
		const body = encodeFrame(order, part ? [part] : []);
		const message = {
			exchange: names.control,
			key: `worker.${worker}`,
			body,
			properties: {type: messageTypes.control},
		};
		transport
			.publish(message, {confirm: false})
			.catch(error => log.debug({err: error, worker}, 'an order was not sent'));
	};
}
