// The servers of a store, as operators see them.
import {fail} from '#actors/failure.ts';
import type {NodeView} from '#contract/status.ts';
import {forgetHome} from '#runtime/forgetting.ts';
import type {HomeView} from '#store/home.ts';
import {TopologyError, TransportDown} from '#transport/transport.ts';
import type {Answer} from './api.ts';
import {type Desk, no, yes} from './desk.ts';

export async function nodes(desk: Desk): Promise<Answer<NodeView[]>> {
	const homes = await desk.home.store.homes();
	return yes(homes.filter(({forgotten}) => !forgotten).map(home => viewOf(desk, home)));
}

export async function forgetNode(desk: Desk, id: string): Promise<Answer<NodeView>> {
	const found = (await desk.home.store.homes()).find(({home}) => home === id);
	if (!found)
		return no(fail('NOT_FOUND', `Server ${id} is not known; \`warren nodes\` lists those that are`));
	const view = viewOf(desk, found);
	// Whoever answers lives, whatever its lease says.
	if (view.live || view.asked) return no(fail('CONFLICT', `Server ${id} lives; stop it first`));
	try {
		const why = await forgetHome(desk.home, id);
		if (why === undefined) return yes(view);
		return no(
			fail('CONFLICT', `Server ${id} can't be forgotten yet: ${why}; a server that lives sees to it`),
		);
	} catch (error) {
		if (!(error instanceof TransportDown || error instanceof TopologyError)) throw error;
		return no(fail('UNAVAILABLE', `The inbox of server ${id} could not be removed: ${error.message}`));
	}
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
