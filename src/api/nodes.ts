// The servers of a store, as operators see them.
import {fail} from '#actors/failure.ts';
import type {NodeView} from '#contract/status.ts';
import type {HomeView} from '#store/home.ts';
import type {Answer} from './api.ts';
import {type Desk, no, yes} from './desk.ts';

export async function nodes(desk: Desk): Promise<Answer<NodeView[]>> {
	const homes = await desk.home.store.homes();
	return yes(homes.filter(({forgotten}) => !forgotten).map(home => viewOf(desk, home)));
}

/** What is left of a server that comes no more: its line here, and its inbox. If it comes all the same, it is as before. */
export async function forgetNode(desk: Desk, id: string): Promise<Answer<NodeView>> {
	const {store, transport, names} = desk.home;
	const found = (await store.homes()).find(one => one.home === id && !one.forgotten);
	if (!found)
		return no(fail('NOT_FOUND', `Server ${id} is not known; \`warren nodes\` lists those that are`));
	const view = viewOf(desk, found);
	if (view.live) return no(fail('CONFLICT', `Server ${id} lives; stop it first`));
	const left = (await transport.depth(names.node(id))) ?? 0;
	if (left > 0 || !(await store.forget(id))) {
		const what = left > 0 ? `its inbox holds ${left} messages` : 'it owes something, or has come back';
		return no(
			fail('CONFLICT', `Server ${id} can't be forgotten yet: ${what}; a server that lives sees to it`),
		);
	}
	await transport.remove(names.node(id));
	return yes(view);
}

/** Who works alone on its store needs no lease: it lives as long as it answers. */
function viewOf({ambient, home}: Desk, one: HomeView): NodeView {
	const {home: id, epoch, seq, actedThrough, host, version, openedAt} = one;
	const asked = id === home.id;
	const live = one.live || (asked && !home.store.shared);
	const state = live ? 'live' : one.left ? 'left' : 'silent';
	const heardAt = asked ? ambient.clock.now() : one.heardAt;
	const about = {host, version, startedAt: openedAt, heardAt};
	return {id, asked, live, state, ...about, epoch, commits: seq, owing: seq - actedThrough};
}
