// The other homes of a shared store. Adoption is a standing rule, not an event (R19): whatever a home
// owes that lives no more is taken up by whoever looks, as long as there is something. And its inbox is
// listened to as long as it exists and nobody lives there (R8): outcomes keep coming.
import {poolOf} from '#actors/lane.ts';
import {isTerminal} from '#actors/task.ts';
import type {Ambient} from '#observe/observe.ts';
import type {HomeView} from '#store/home.ts';
import type {Store, TaskRow} from '#store/store.ts';
import type {Names} from '#transport/topology.ts';
import type {Consumer, Transport} from '#transport/transport.ts';
import type {Consumers} from './consumers.ts';
import type {Inbox} from './inbox.ts';
import type {InFlight} from './inFlight.ts';
import type {Letter, Settled} from './letter.ts';

export type Peers = {
	/** Looks at once, and again and again. What one of the others has left may take long, or be out of reach. */
	start(): void;
	/** Looks now: somebody may have come or gone. */
	hear(): void;
	/** At the last look nobody else lived. */
	readonly alone: boolean;
	stop(): Promise<void>;
};

type Parts = {
	readonly store: Store;
	readonly transport: Transport;
	readonly names: Names;
	/** This one. */
	readonly home: string;
	readonly tell: (letter: Letter) => void;
	readonly inFlight: Pick<InFlight, 'found' | 'get'>;
	readonly inbox: Inbox;
	readonly consume: Consumers['add'];
	/** Called after every look: what others did may have changed what is known here. */
	readonly looked: () => void;
	/** Called once of each that lives no more: what it has heard it may not have acted on. */
	readonly died: () => void;
	readonly everyMs: number;
};

const page = 500;
/** Nothing new may have come from one that is gone; it is looked at once more after so long. */
const againMs = 60_000;

export function watchPeers({clock, log}: Ambient, parts: Parts): Peers {
	const {store, transport, names, home, inbox, consume} = parts;
	const inboxes = new Map<string, Consumer>();
	/**
	 * Of whom nothing was left, at which of its commits, and when: who was taken for dead may go on, and a commit
	 * of an earlier number may come late.
	 */
	const settled = new Map<string, {readonly mark: string; readonly at: number}>();
	/** Forgotten homes that have no inbox any more. */
	const silenced = new Set<string>();
	let stopped = false;
	let alone = false;
	/** It was asked to look while it looked. */
	let isAsked = false;
	let callOff = () => {};
	/** Who can't reach the broker takes up nothing: it could carry it no more than its home can. */
	let isParted = false;
	const unwatch = transport.watch(state => {
		isParted = state === 'down';
	});

	const adopt = async (peer: HomeView): Promise<void> => {
		const {home: from, epoch, seq, actedThrough} = peer;
		const mark = `${epoch} ${seq}`;
		const known = settled.get(from);
		if (known?.mark === mark && clock.now() - known.at < againMs) return;
		let after: string | undefined;
		let taken = 0;
		let all = true;
		for (;;) {
			const query = {home: from, epoch: epoch + 1, actedThrough, limit: page, ...(after && {after})};
			const rows = await store.owing(query);
			const ends = await Promise.all(rows.map(row => settle(row, peer, parts)));
			taken += ends.filter(({how}) => how === 'committed').length;
			all &&= ends.every(({how}) => how !== 'failed');
			after = rows.at(-1)?.id;
			if (rows.length < page || stopped) break;
		}
		if (taken > 0) log.warn({from, tasks: taken}, 'a node lives no more; took up what it owed');
		if (!all || stopped) return;
		settled.set(from, {mark, at: clock.now()});
		if (known?.mark !== mark) parts.died();
	};
	const listen = async ({home: from, live, forgotten}: HomeView): Promise<void> => {
		const consumer = inboxes.get(from);
		const leave = async () => {
			inboxes.delete(from);
			await consumer?.cancel();
		};
		if (live || !forgotten) silenced.delete(from);
		if (live) return leave();
		// The inbox of one that is forgotten goes sooner or later, and does not come back.
		if ((consumer && !forgotten) || silenced.has(from)) return;
		const isThere = (await transport.depth(names.node(from))) !== undefined;
		if (!isThere && forgotten) silenced.add(from);
		if (!isThere) return leave();
		if (!consumer) inboxes.set(from, await consume(names.node(from), inbox));
	};
	const lookAfter = async (peer: HomeView): Promise<void> => {
		if (peer.live) settled.delete(peer.home);
		await listen(peer);
		if (!peer.live) await adopt(peer);
	};
	const look = async (): Promise<void> => {
		const others = (await store.homes()).filter(one => one.home !== home);
		alone = !others.some(({live}) => live);
		for (const peer of others) {
			if (stopped || isParted) break;
			// One whose inbox is broken must not keep the others waiting.
			await lookAfter(peer).catch(error =>
				log.warn({err: error, of: peer.home}, 'could not look after a node'),
			);
		}
		parts.looked();
	};
	let looking: Promise<void> | undefined;
	const start = () => {
		if (stopped) return;
		isAsked = false;
		looking = look()
			.catch(error => log.warn({err: error}, 'the other nodes could not be looked at; trying again'))
			.then(() => {
				looking = undefined;
				if (isAsked) start();
				else callOff = clock.after(parts.everyMs, start);
			});
	};
	return {
		start,
		hear() {
			if (looking) isAsked = true;
			else {
				callOff();
				start();
			}
		},
		get alone() {
			return alone;
		},
		async stop() {
			stopped = true;
			unwatch();
			await looking;
			callOff();
			await Promise.all([...inboxes.values()].map(consumer => consumer.cancel()));
		},
	};
}

/**
 * Of what has ended the reply and the dead letter are told. An attempt that its home has put into the broker for
 * sure goes on there, and is looked after from here on; any other is dispatched again, marked.
 */
function settle(
	row: TaskRow,
	{actedThrough, about}: HomeView,
	{home, transport, tell, inFlight}: Pick<Parts, 'home' | 'transport' | 'tell' | 'inFlight'>,
): Promise<Settled> {
	const {id: task, home: from, attempt} = row;
	// What it kept in its own process went with it.
	const isKept = !about || about.localPool === poolOf(row.pool) || !transport.durable;
	const isSent = row.placed && row.seq <= actedThrough && !isKept;
	return new Promise(done => {
		if (isTerminal(row.state) || isSent) {
			const adopted = (settled: Settled) => {
				const now = 'row' in settled ? settled.row : undefined;
				const isNew = settled.how === 'committed' || !inFlight.get(task);
				if (isSent && isNew && now?.home === home) inFlight.found(now, about.areas && row.spill);
				done(settled);
			};
			const what = isSent ? {sentBy: actedThrough} : ('end' as const);
			tell({kind: 'adopt', task, from, what, settle: adopted});
			return;
		}
		tell({
			kind: 'event',
			name: 'lost',
			task,
			fresh: true,
			read: (now, world) =>
				now.home === from && now.state === 'queued' && now.placed && now.attempt === attempt
					? [{type: 'lost', at: world.now, attempt, worker: null, why: `its node ${from} lives no more`}]
					: undefined,
			settle: done,
		});
	});
}
