import type {HomeView} from '#store/home.ts';
import type {Store} from '#store/store.ts';

/** Who works on a store, as far as it matters for who leads. */
export type Homes = Pick<Store, 'shared'> & {
	readonly homes: () => Promise<readonly Pick<HomeView, 'home' | 'live'>[]>;
};

/**
 * The home that decides for all: the live one with the smallest name; undefined where none is. For a moment two
 * may think that they do, or none: what it decides must do no harm when it is decided twice, or late.
 */
export async function leader({shared, homes}: Homes, home: string): Promise<string | undefined> {
	if (!shared) return home;
	const live = (await homes()).filter(one => one.live).map(one => one.home);
	return live.sort()[0];
}
