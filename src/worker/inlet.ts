// Where a server in the same process hands attempts to this worker: as values, with no message between.
// What waits for a place is kept by class and version, and a place that comes free takes as many of one
// version as may run as one list: the longer the line, the longer the lists.
import {type Class, classes} from '#actors/lane.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Attempt} from './delivered.ts';
import type {Held} from './held.ts';
import type {Errand, Fate, HomeLine, Jobs} from './job.ts';
import {createKindLine, type KindLine} from './kindLine.ts';
import type {Slots} from './slots.ts';

export type Inlet = {
	readonly worker: string;
	readonly pool: string;
	/** Takes attempts, also before the worker has started. Until it takes no more: then all of them come back at once. */
	offer(offers: readonly Offer[], host: Host): void;
	/** Resolves when nothing that came here runs. */
	idle(): Promise<void>;
};

/** One attempt. */
export type Offer = Pick<Attempt, 'item'> & {
	readonly class: Class;
	readonly copy: string;
	/** Its turn has come, and its input is fetched, unless it is at hand. Undefined: it can't be run, which its home knows. */
	open(): Attempt | Promise<Attempt | undefined>;
	/** Called once: its home has its outcome; or it has not started, and the worker starts nothing any more. */
	over(fate: Fate): void;
};

/** Who offers. */
export type Host = {
	readonly line: HomeLine;
	/** How many of a version may run as one list. */
	readonly most: (version: string) => number;
};

type Parts = {
	readonly worker: string;
	readonly pool: string;
	readonly jobs: Jobs;
	readonly slots: Slots;
	readonly held: Held;
	/** Resolves when the worker runs what it is given, or will never. */
	readonly ready: Promise<void>;
};

/**
 * Claims for each slot at once, like the messages a worker has in hand: what was granted and is lost with the
 * process runs alone the next time (R15), so no more is granted than is about to run.
 */
const spare = 2;

/** What waits in one class, by version, and how many places it waits for. */
type Line = {readonly class: Class; readonly waiting: KindLine<Offer>; asked: number};

export function createInlet({log}: Ambient, {worker, pool, jobs, slots, held, ready}: Parts): Inlet {
	const lines = new Map<Class, Line>(
		classes.map(priority => [priority, {class: priority, waiting: createKindLine(), asked: 0}]),
	);
	const unsure: {readonly offer: Offer; readonly host: Host}[] = [];
	let claims = 0;
	const inHand = new Set<Promise<void>>();
	let isReady = false;
	void ready.then(() => {
		isReady = true;
	});

	const through = async (
		offers: readonly Offer[],
		work: (attempts: readonly Attempt[]) => Promise<Fate>,
	): Promise<void> => {
		const opened = await openAll(offers);
		const attempts = opened.filter(one => one !== undefined);
		for (const one of attempts) held.add(one);
		const fate = await work(attempts).catch((error: unknown): Fate => {
			log.error({err: error}, 'attempts could not be run');
			return 'returned';
		});
		for (const one of attempts) held.remove(one);
		for (const [at, offer] of offers.entries()) offer.over(opened[at] ? fate : 'over');
	};
	const track = (work: Promise<void>): Promise<void> => {
		const tracked = work.finally(() => inHand.delete(tracked));
		inHand.add(tracked);
		return tracked;
	};
	/** Waits for a place, and fills it. */
	const enter = async (line: Line, host: Host): Promise<void> => {
		if (!isReady) await ready;
		const leave = await slots.enter(line.class);
		line.asked--;
		if (!leave) {
			for (let list = line.waiting.take(host.most); list; list = line.waiting.take(host.most)) {
				for (const offer of list) offer.over('returned');
			}
			return;
		}
		const list = line.waiting.take(host.most);
		ask(line, host);
		const [first] = list ?? [];
		if (!list || !first) return leave();
		const errand: Errand = {home: host.line, class: line.class, copy: first.copy, redelivered: false};
		return track(through(list, attempts => jobs.run(errand, attempts, leave)));
	};
	/** As many wait for a place as there are lists to fill it, and no more than there are places. */
	const ask = (line: Line, host: Host) => {
		const lists = line.waiting.lists(host.most);
		for (; line.asked < Math.min(lists, slots.most); line.asked++) void enter(line, host);
	};
	const claim = async ({offer, host}: (typeof unsure)[number]): Promise<void> => {
		if (!isReady) await ready;
		const {class: priority, copy} = offer;
		// What may have run before was here, perhaps in another life of this process.
		const errand: Errand = {home: host.line, class: priority, copy, redelivered: true};
		const work = async ([one]: readonly Attempt[]) => {
			if (!one) return 'over';
			return slots.closed ? 'returned' : jobs.claimed(errand, one);
		};
		await track(through([offer], work));
		claims--;
		claimNext();
	};
	const claimNext = () => {
		for (; claims < slots.most * spare && unsure.length > 0; claims++) {
			const next = unsure.shift();
			if (next) void claim(next);
		}
	};
	return {
		worker,
		pool,
		offer(offers, host) {
			const touched = new Set<Line>();
			for (const offer of offers) {
				if (offer.item.again) unsure.push({offer, host});
				else {
					const line = lines.get(offer.class);
					line?.waiting.push(kindOf(offer), offer);
					if (line) touched.add(line);
				}
			}
			for (const line of touched) ask(line, host);
			claimNext();
		},
		async idle() {
			while (inHand.size > 0) await Promise.allSettled(inHand);
		},
	};
}

/** At once, where no input must be fetched. */
function openAll(
	offers: readonly Offer[],
): readonly (Attempt | undefined)[] | Promise<readonly (Attempt | undefined)[]> {
	const opened = offers.map(offer => offer.open());
	const atHand = opened.filter((one): one is Attempt => 'item' in one);
	return atHand.length === opened.length ? atHand : Promise.all(opened.map(async one => one));
}

/** What may run as one list. A chunk is one by itself: of its kind nothing is measured, so nothing travels together. */
const kindOf = ({item: {version, chunk}}: Offer): string =>
	chunk === undefined ? version : `chunk of ${version}`;
