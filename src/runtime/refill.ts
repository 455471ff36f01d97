import type {Ambient} from '#observe/observe.ts';
import type {Store} from '#store/store.ts';
import type {Letter, Settled} from './letter.ts';
import type {Window} from './window.ts';

type Parts = {
	readonly store: Store;
	readonly window: Window;
	readonly tell: (letter: Letter) => void;
	readonly pool: string;
	readonly class: string;
};

/** The most that is read and placed at once: one commit. */
const slice = 500;
const againMs = 500;

/**
 * Moves the backlog from the store into the broker, oldest first, as the window has room. The
 * function returned looks whether there is something to move; only one move is under way at a time.
 */
export function refill({log, clock}: Ambient, parts: Parts): () => void {
	const {store, window, tell, pool, class: lane} = parts;
	let busy = false;

	const move = async (): Promise<void> => {
		const rows = await store.backlog({pool, class: lane, limit: Math.min(slice, window.wanted)});
		await Promise.all(
			rows.map(
				row =>
					new Promise<Settled>(settle => {
						const read = (_: unknown, {now}: {now: number}) => [{type: 'place', at: now} as const];
						tell({kind: 'event', name: 'place', task: row.id, read, settle});
					}),
			),
		);
	};
	const look = (): void => {
		if (busy || window.wanted === 0) return;
		busy = true;
		move().then(
			() => {
				busy = false;
				look();
			},
			error => {
				log.warn({err: error}, 'the backlog could not be moved; trying again');
				clock.after(againMs, () => {
					busy = false;
					look();
				});
			},
		);
	};
	return look;
}
