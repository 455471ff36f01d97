// Two servers with one name, on two machines: each would end the other when it opens their home, and be started
// again. So whoever finds its home inhabited from elsewhere waits until that lease is over, and goes if it is
// renewed. On the same machine nobody is waited for: that is its last life, which died without a word.
import {type Clock, pause} from '#lib/clock.ts';
import type {HomeAbout, HomeRow, HomeView} from '#store/home.ts';
import type {Store} from '#store/store.ts';
import {unavailable} from '#store/unavailable.ts';

/** Several times in the shortest lease, ms. */
const lookMs = 250;

/** A home that was opened, and what was said of it in its last life. */
export type Entered = {readonly home: HomeRow; readonly before: HomeAbout | null};

/** Opens a home once nobody lives in it. @throws StoreTrouble when somebody does */
export async function enterHome(
	clock: Clock,
	store: Pick<Store, 'homes' | 'open'>,
	home: string,
	about: HomeAbout | undefined,
): Promise<Entered> {
	const look = async () => (await store.homes()).find(one => one.home === home);
	const first = await look();
	for (let now = first; now && isElsewhere(now, about); now = await look()) {
		if (now.heardAt !== first?.heardAt) {
			throw unavailable(
				`There is a server \`${home}\` already, on host ${now.about?.host}: ` +
					'give each server a `node.id` of its own, or stop that one',
			);
		}
		await pause(clock, lookMs);
	}
	return {home: await store.open(home, about), before: first?.about ?? null};
}

const isElsewhere = ({live, about}: HomeView, own: HomeAbout | undefined): boolean =>
	live && about !== null && about.host !== own?.host;
