/**
 * A server's heart: the home of the tasks that were submitted to it. Wires the loop to the store, the
 * broker and the workers; `api` and the doors use what is here.
 */
import type {Breaker} from '#actors/policy.ts';
import type {Happening, WorkerView} from '#contract/status.ts';
import {atMost} from '#lib/clock.ts';
import type {Feed} from '#observe/feed.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Hints} from '#store/hints.ts';
import type {HomeAbout} from '#store/home.ts';
import type {Store, TaskRow} from '#store/store.ts';
import {type Names, serverTopology} from '#transport/topology.ts';
import type {Transport} from '#transport/transport.ts';
import {type Acts, createActs} from './act.ts';
import {createAnnouncer} from './announcer.ts';
import {type Audit, createAudit} from './audit.ts';
import {createBreaker} from './breaker.ts';
import {joinCluster} from './cluster.ts';
import {createCodeDesk} from './code.ts';
import {type Consumers, createConsumers} from './consumers.ts';
import {queuesOf} from './depth.ts';
import {createEar, createNews} from './ear.ts';
import type {Functions} from './functions.ts';
import {gaugeHome} from './gauges.ts';
import {Host} from './host.ts';
import {createInbox} from './inbox.ts';
import {createInFlight, type InFlight} from './inFlight.ts';
import type {Letter} from './letter.ts';
import {measure} from './measure.ts';
import {createOrders} from './orders.ts';
import {createOutlet} from './outlet.ts';
import {createParking} from './parking.ts';
import type {PausedPools} from './pausedPools.ts';
import {openPlacing} from './placing.ts';
import {createReplies, type Replies} from './replies.ts';
import {createReports} from './reports.ts';
import {resume} from './resume.ts';
import {keepTidy} from './retention.ts';
import {createReturned} from './returned.ts';
import {createRoster, type Roster} from './roster.ts';
import type {Dispatch, Office} from './runtime.ts';
import {createStops, type Stops} from './stops.ts';
import {createTimers} from './timers.ts';
import {createTombs} from './tombs.ts';
import {createTrouble} from './trouble.ts';
import {enterHome} from './vacancy.ts';
import {createWaiters, type Waiters} from './waiters.ts';
import {createWatermark} from './watermark.ts';
import type {Window} from './window.ts';

export type Home = {
	readonly id: string;
	readonly store: Store;
	readonly transport: Transport;
	readonly names: Names;
	readonly functions: Functions;
	readonly pools: PausedPools;
	readonly roster: Roster;
	readonly waiters: Waiters;
	readonly window: Window;
	readonly audit: Audit;
	readonly inFlight: InFlight;
	readonly stops: Stops;
	tell(letter: Letter): void;
	readonly answer: Replies;
	/** Consumes whenever the store takes commits. */
	readonly consume: Consumers['add'];
	/** Tells whoever listens here, and whoever is bound to `warren.events`. */
	happened(happening: Happening): void;
	/** What keeps the store from taking commits now; undefined: nothing. */
	trouble(): string | undefined;
	/** Resolves when it may be told what this row of ours owed to the world; undefined: it is. */
	untold(row: TaskRow): Promise<void> | undefined;
	/** Settles if another process has opened this home. */
	readonly failed: Promise<Error>;
	/** Listens: what workers send is taken from here on, and the backlog moves. */
	start(): Promise<void>;
	/** Takes nothing new and resolves when what is in hand is settled. */
	stop(): Promise<void>;
};

export type HomeParts = {
	readonly id: string;
	readonly about?: HomeAbout;
	readonly store: Store;
	readonly transport: Transport;
	readonly names: Names;
	readonly feed: Feed;
	readonly dispatch: (office: Office) => Dispatch;
	readonly windowSize: number;
	readonly groupMost: number;
	readonly retentionMs: number;
	/** How often the audit looks. */
	readonly auditMs: number;
	/** For how long it lives after its last word, where others work on its store. */
	readonly leaseMs: number;
	readonly intakeBytes: number;
	/** When a function is paused whose executors keep dying, and whose policy says nothing of it. */
	readonly breaker: Breaker;
	/** From and to the other homes of the store. */
	readonly hints?: Hints | undefined;
	/** Tell `warren.events`. */
	readonly events: boolean;
	/** A number in [0, 1) for the jitter of retries. */
	readonly dice: () => number;
};

/** How long a stop waits for the broker, ms; what has no verdict then goes back to its queue. */
const goodbyeMs = 3000;

export async function openHome(ambient: Ambient, parts: HomeParts): Promise<Home> {
	const {id, store, transport, names, feed, leaseMs} = parts;
	const inFlight = createInFlight(ambient);
	const consumers = createConsumers(ambient, transport);
	const {home, before} = await enterHome(ambient.clock, store, id, parts.about);
	const over = new AbortController();
	const watermark = createWatermark(ambient, home.actedThrough, home.seq);
	const trouble = createTrouble(ambient);
	const [waiters, stops] = [createWaiters(), createStops()];
	const tell = (letter: Letter) => host.tell(letter);
	const news = createNews(ambient, transport, names);
	const placing = await openPlacing(ambient, {
		...{home: id, store, transport, size: parts.windowSize, tell, news, over: over.signal},
		askRecount: () => host.recount(),
	});
	const {functions, pools, window} = placing;
	const announcer = createAnnouncer(ambient, transport, parts.events ? names.events : undefined, id);
	const order = createOrders(ambient, transport, names);
	const park = createParking(ambient, transport, names);
	const tombs = createTombs(all => order('all', all));
	const happened = (happening: Happening) => {
		feed.tell(happening);
		announcer.announce(happening);
	};
	const changed = ({id: worker, pool, state}: WorkerView) => {
		if (state === 'lost') audit.workerLost(worker);
		happened({actor: 'worker', id: worker, group: pool, state, at: ambient.clock.now()});
	};
	const roster = createRoster(ambient, transport, changed);
	const reports = createReports({
		...{home: id, tell, tombs, stops, news: store.shared ? news : undefined},
		measured(row, outcome) {
			measure(ambient, dispatch, row, outcome);
			breaker.hear(row, outcome);
		},
	});
	const dispatch = parts.dispatch({
		...{home: id, epoch: home.epoch, leaseMs, roster, reports, store, over: over.signal},
		load: lane => window.of(lane).placed,
	});
	const timers = createTimers(ambient, store, id, tell);
	const answer = createReplies(ambient, transport);
	const outlet = createOutlet(ambient, {store, transport, names, feed, announcer, tombs, answer});
	const told = {outlet, waiters, watermark, inFlight, reports, over: over.signal};
	const acts: Acts = createActs(ambient, {store, dispatch, ...told});
	const breaker = createBreaker(ambient, {
		...{store, rule: parts.breaker, functions, happened, over: over.signal},
	});
	const host = new Host(ambient, {
		...{store, home, watermark, window, inFlight, trouble, acts, groupMost: parts.groupMost},
		world: {
			jitter: parts.dice,
			policy: version => functions.policy(version),
			most: fn => placing.most(fn),
			ran: (task, attempt) => roster.ran(task, attempt),
		},
		prepare: versions => functions.prepare(versions),
		recount: () => placing.recount(),
		shut: is => consumers.shut(is),
		after(rows) {
			for (const row of rows) timers.committed(row);
			ambient.metrics.inFlight.set(window.placed);
			ambient.metrics.backlog.set(window.backlog);
			placing.moved();
			cluster.committed(rows);
		},
	});
	const inbox = createInbox(ambient, {reports, order, park});
	const desk = createCodeDesk(ambient, {store, tombs, order, park, home: id, news});
	const returned = createReturned(ambient, tell, park);
	const hear = createEar({
		...{home: id, roster, tombs, order},
		heard(said) {
			if (said.about === 'stopped') stops.tell(said.outcome);
			else placing.hear(said);
		},
	});
	const audit = createAudit(ambient, {
		...{home: id, store, inFlight, roster, dispatch: acts, placing, tell, everyMs: parts.auditMs},
		stop: (task, attempt) => tombs.add(task, attempt),
		...queuesOf(transport, names),
		wake: () => timers.note(ambient.clock.now()),
	});
	const cluster = joinCluster(ambient, {
		...{store, transport, names, feed, home, watermark, waiters, tell, inFlight, inbox, leaseMs},
		...{consume: consumers.add, hints: parts.hints, reach: placing.reach, over: over.signal},
		recount: () => host.recount(),
		isOurs: task => inFlight.get(task) !== undefined,
		looked() {
			host.recount();
			const looks = Promise.all([placing.load(), timers.look()]);
			looks.catch(error => ambient.log.warn({err: error}, 'functions, pools or timers are not read'));
		},
		died: () => breaker.look(),
	});
	const close = async (): Promise<void> => {
		over.abort();
		timers.stop();
		audit.stop();
		const goodbyes = Promise.all([consumers.stop(), cluster.stop()]);
		// They are waited for after the host: until then nobody hears of one that fails.
		goodbyes.catch(() => {});
		await host.stop();
		await atMost(ambient.clock, goodbyeMs, goodbyes);
		await cluster.leave();
		roster.stop();
	};
	let stopping: Promise<void> | undefined;
	const stop = (): Promise<void> => {
		stopping ??= close();
		return stopping;
	};
	// Another process works on what is ours: it must find all of it in the broker.
	const failed = Promise.race([host.failed, cluster.failed]);
	void failed.then(stop);

	return {
		...{id, store, transport, names, functions, pools, roster, waiters, window, audit, inFlight, stops},
		...{happened, tell, answer, failed, stop, consume: consumers.add, untold: watermark.untold},
		trouble: () => store.damage() ?? trouble.why,
		async start() {
			gaugeHome(ambient, {...parts, placing, trouble, watermark, over: over.signal});
			await transport.declare(serverTopology(names, id, parts.intakeBytes));
			await cluster.enter();
			await resume(ambient, {store, home, before, acts, watermark, inFlight, dispatch});
			watermark.listed();
			await consumers.add(names.node(id), inbox);
			await consumers.add(names.outcomes, inbox);
			await consumers.add(names.functions, desk, store.shared ? undefined : 'always');
			await consumers.add(names.returned, returned);
			await consumers.add(names.ear(id), hear, 'always');
			await timers.look();
			cluster.start();
			breaker.look();
			keepTidy(ambient, {...parts, home: id, over: over.signal});
			placing.moved();
		},
	};
}
