import type {HomeView} from '#store/home.ts';
import type {Store} from '#store/store.ts';

/** Who works on a store, as far as it matters for who leads. */
export type Homes = Pick<Store, 'shared'> & {
	readonly homes: () => Promise<readonly Pick<HomeView, 'home' | 'live'>[]>;
};

/**
 * Those that live, by name. The first decides for all; for a moment two may think that they do, or none: what is
 * decided so must do no harm when it is decided twice, or late.
 */
export async function liveHomes({shared, homes}: Homes, home: string): Promise<readonly string[]> {
	if (!shared) return [home];
	const live = (await homes()).filter(one => one.live).map(one => one.home);
	return live.sort();
}

/** Undefined: none lives. */
export const leader = async (store: Homes, home: string): Promise<string | undefined> =>
	(await liveHomes(store, home))[0];
