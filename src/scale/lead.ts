import type {Store} from '#store/store.ts';

/**
 * Whether this home is the one that decides for all: the live one with the smallest name. For a moment two may
 * think so, or none: what it decides must do no harm when it is decided twice, or late.
 */
export async function leads(
	{shared, homes}: Pick<Store, 'shared' | 'homes'>,
	home: string,
): Promise<boolean> {
	if (!shared) return true;
	const live = (await homes()).filter(one => one.live).map(one => one.home);
	return live.sort()[0] === home;
}
