// What is left of a home that comes no more: its line among the servers, its inbox, and its share of the counts.
// If it comes all the same, it is as before.
import type {Ambient} from '#observe/observe.ts';
import type {HomeView} from '#store/home.ts';
import type {Store} from '#store/store.ts';
import type {Names} from '#transport/topology.ts';
import type {Transport} from '#transport/transport.ts';
import {leader} from './lead.ts';

type Parts = {readonly store: Store; readonly transport: Transport; readonly names: Names};

/** A home that was silent for so long, ms, is forgotten by itself: a machine that was thrown away tells nobody. */
const silentMs = 7 * 24 * 60 * 60_000;
const notForgotten = 'a server that was silent for a week is not forgotten yet';

/**
 * Twice is harmless, and needed if the broker goes away in between.
 * @returns why it can't be forgotten yet
 * @throws StoreTrouble, TransportDown, TopologyError
 */
export async function forgetHome({store, transport, names}: Parts, id: string): Promise<string | undefined> {
	// Alone on its store, nobody else takes what lies there.
	const isEmpty = async () => !store.shared || ((await transport.depth(names.node(id))) ?? 0) === 0;
	const full = 'its inbox is not empty';
	if (!(await isEmpty())) return full;
	if (!(await store.forget(id))) return 'it owes something, or has come back';
	if (!(await isEmpty())) return full;
	await transport.remove(names.node(id));
	return undefined;
}

/** One server of a store does it for all. */
export async function forgetSilent(
	{clock, log}: Ambient,
	{home, ...parts}: Parts & {readonly home: string},
): Promise<void> {
	if ((await leader(parts.store, home)) !== home) return;
	const before = clock.now() - silentMs;
	const {store, transport, names} = parts;
	const forget = async ({home: id, heardAt, forgotten}: HomeView): Promise<void> => {
		// It may have been forgotten while its inbox could not be removed.
		if (forgotten && (await transport.depth(names.node(id))) === undefined) return;
		const why = await forgetHome(parts, id);
		if (why === undefined) log.info({home: id, heardAt}, 'a server that was silent for a week is forgotten');
		else log.debug({home: id, why}, notForgotten);
	};
	for (const one of await store.homes()) {
		if (one.home === home || one.live || (one.heardAt ?? one.openedAt ?? 0) >= before) continue;
		await forget(one).catch(error => log.warn({err: error, home: one.home}, notForgotten));
	}
}
