// The servers of a store, as operators see them.
import {fail} from '#actors/failure.ts';
import type {NodeView} from '#contract/status.ts';
import type {HomeView} from '#store/home.ts';
import {TopologyError, TransportDown} from '#transport/transport.ts';
import type {Answer} from './api.ts';
import {type Desk, no, yes} from './desk.ts';

export async function nodes(desk: Desk): Promise<Answer<NodeView[]>> {
	const homes = await desk.home.store.homes();
	return yes(homes.filter(({forgotten}) => !forgotten).map(home => viewOf(desk, home)));
}

/**
 * What is left of a server that comes no more: its line here, and its inbox. If it comes all the same, it is as
 * before. Twice is harmless, and needed if the broker goes away in between.
 */
export async function forgetNode(desk: Desk, id: string): Promise<Answer<NodeView>> {
	const {store, transport, names} = desk.home;
	const found = (await store.homes()).find(({home}) => home === id);
	if (!found)
		return no(fail('NOT_FOUND', `Server ${id} is not known; \`warren nodes\` lists those that are`));
	const view = viewOf(desk, found);
	// Whoever answers lives, whatever its lease says.
	if (view.live || view.asked) return no(fail('CONFLICT', `Server ${id} lives; stop it first`));
	const notYet = (why: string) =>
		no(fail('CONFLICT', `Server ${id} can't be forgotten yet: ${why}; a server that lives sees to it`));
	const left = async () => (await transport.depth(names.node(id))) ?? 0;
	try {
		// Alone on its store, nobody else takes what lies there.
		if (store.shared && (await left()) > 0) return notYet('its inbox is not empty');
		if (!(await store.forget(id))) return notYet('it owes something, or has come back');
		if (store.shared && (await left()) > 0) return notYet('its inbox is not empty');
		await transport.remove(names.node(id));
	} catch (error) {
		if (!(error instanceof TransportDown || error instanceof TopologyError)) throw error;
		return no(fail('UNAVAILABLE', `The inbox of server ${id} could not be removed: ${error.message}`));
	}
	return yes(view);
}

/** Who works alone on its store needs no lease: it lives as long as it answers. */
function viewOf({ambient, home}: Desk, one: HomeView): NodeView {
	const {home: id, epoch, seq, actedThrough, openedAt} = one;
	const asked = id === home.id;
	const live = one.live || (asked && !home.store.shared);
	const state = live ? 'live' : one.left ? 'left' : 'silent';
	const heardAt = asked ? ambient.clock.now() : one.heardAt;
	const {host = null, version = null} = one.about ?? {};
	const about = {host, version, startedAt: openedAt, heardAt};
	return {id, asked, live, state, ...about, epoch, commits: seq, owing: seq - actedThrough};
}
