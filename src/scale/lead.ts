import type {Store} from '#store/store.ts';

/**
 * The home that decides for all: the live one with the smallest name; undefined where none is. For a moment two
 * may think that they do, or none: what it decides must do no harm when it is decided twice, or late.
 */
export async function leader(
	{shared, homes}: Pick<Store, 'shared' | 'homes'>,
	home: string,
): Promise<string | undefined> {
	if (!shared) return home;
	const live = (await homes()).filter(one => one.live).map(one => one.home);
	return live.sort()[0];
}
