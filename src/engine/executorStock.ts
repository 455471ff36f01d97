// Sandboxes of versions that give every call a new one (`isolation: fresh`), made before they are asked for: a burst
// finds them ready. They wait among the warm ones, where such a version has no others.
//
// To make one runs user code, the top of its module, for no task: nobody could be charged for what it does. So it is
// done only while no list is here, and only for versions that have loaded well and fast; what can't be loaded then
// is not tried again, and the worker is told which version it is, in case it takes this process down.
import type {Failure} from '#actors/failure.ts';
import type {Build} from '#contract/build.ts';
import type {Engine} from './engine.ts';
import type {WarmSandboxes} from './executorWarm.ts';

export type Stock = {
	/** A sandbox of this version was asked for. `initMs`: none was ready, and it took so long to make one. */
	asked(build: Build, initMs?: number): void;
	/** Makes no more for this version. */
	drop(digest: string): void;
	/** No list is here: it may go on. */
	resume(): void;
	/** A list is to run. A promise: once it resolves; it gives up what it is about if that takes long. */
	pause(): Promise<void> | undefined;
};

export type StockParts = {
	readonly engine: Pick<Engine, 'open'>;
	readonly warm: Pick<WarmSandboxes, 'give' | 'ready' | 'hasRoom'>;
	/** What is made from now on is of this version; null: nothing is. */
	readonly making: (digest: string | null) => void;
	/** It can't be ended: this process must be. */
	readonly stuck: (failure: Failure) => void;
};

/** Of a version that was asked for; doubled whenever none is ready, up to what a burst takes. */
const leastReady = 2;
const mostReady = 64;
/** Of so many versions; the one that was not asked for longest goes. */
const mostVersions = 64;
/** What takes longer to load costs more than a call that waits for it. */
export const mostInitMs = 20;
/** For so long a list waits for one that is almost made. */
const patienceMs = 5;

type Shelf = {readonly build: Build; target: number};

export function createStock({engine, warm, making, stuck}: StockParts): Stock {
	const shelves = new Map<string, Shelf>();
	const refused = new Set<string>();
	let paused = false;
	let filling = false;
	let step: {readonly done: Promise<void>; readonly end: AbortController} | undefined;
	let told: string | null = null;

	const lacking = (): Shelf | undefined => {
		for (const shelf of [...shelves.values()].reverse())
			if (warm.ready(shelf.build.digest) < shelf.target && warm.hasRoom(shelf.build.digest)) return shelf;
		return undefined;
	};
	const tell = (digest: string | null) => {
		if (digest !== told) making(digest);
		told = digest;
	};
	const refuse = (digest: string) => {
		shelves.delete(digest);
		refused.add(digest);
	};
	const make = async ({build}: Shelf, {signal}: AbortController): Promise<void> => {
		const {digest} = build;
		tell(digest);
		const made = await engine.open(build, {stuck}, signal).catch(() => undefined);
		const isSandbox = made !== undefined && !('code' in made);
		if (isSandbox && shelves.has(digest)) warm.give(build, made);
		else if (isSandbox) made.close();
		else if (!signal.aborted) refuse(digest);
	};
	const fill = async (): Promise<void> => {
		if (filling) return;
		filling = true;
		for (let shelf = lacking(); shelf && !paused; shelf = lacking()) {
			const end = new AbortController();
			step = {done: make(shelf, end), end};
			await step.done;
			step = undefined;
			// What has come meanwhile is read first.
			await new Promise(setImmediate);
		}
		tell(null);
		filling = false;
	};
	return {
		asked(build, initMs) {
			const {digest} = build;
			if (refused.has(digest)) return;
			const known = shelves.get(digest);
			shelves.delete(digest);
			if (initMs !== undefined && initMs > mostInitMs) return;
			const target = known?.target ?? leastReady;
			const more = initMs !== undefined && known ? target * 2 : target;
			shelves.set(digest, {build, target: Math.min(mostReady, more)});
			const [oldest] = shelves.keys();
			if (shelves.size > mostVersions && oldest !== undefined) shelves.delete(oldest);
		},
		drop: digest => void shelves.delete(digest),
		resume() {
			paused = false;
			void fill();
		},
		pause() {
			paused = true;
			if (!step) {
				tell(null);
				return undefined;
			}
			const {done, end} = step;
			const timer = setTimeout(() => end.abort(), patienceMs);
			return done.then(() => {
				clearTimeout(timer);
				tell(null);
			});
		},
	};
}
