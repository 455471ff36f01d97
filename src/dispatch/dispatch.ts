/**
 * How attempts meet a worker. Each pool has its way, and all of them mean the same:
 *
 * - `pull`: the pool's queue has them, and workers take them as they have room.
 * - `push`: this server chooses a worker, by a strategy, and puts them into its mailbox.
 * - `local`: the worker in the same process has them, as values.
 *
 * A way is the server's own choice: servers of one installation may differ, and workers serve all ways.
 * Whichever it is, a copy is marked and claimed (R9, R13), and what a way can't do now `pull` does.
 */
import type {Ambient} from '#observe/observe.ts';
import type {Dispatch, Office, Placement} from '#runtime/runtime.ts';
import type {Names} from '#transport/topology.ts';
import type {Transport} from '#transport/transport.ts';
import type {Inlet} from '#worker/inlet.ts';
import {createChoice} from './choice.ts';
import {createLocal} from './local.ts';
import {createPacker} from './pack.ts';
import {createPost} from './post.ts';
import {createPull} from './pull.ts';
import {createPush} from './push.ts';
import {type StrategyName, strategies} from './strategies.ts';

export const modes = ['pull', 'push', 'local'] as const;
export type Mode = (typeof modes)[number];

/** Of one pool. The strategy is what `push` chooses by. */
export type Way = {readonly mode: Mode; readonly strategy: StrategyName};

type Parts = {
	readonly transport: Transport;
	readonly names: Names;
	readonly office: Office;
	/** Of the worker in this process; undefined: there is none. */
	readonly inlet: Inlet | undefined;
	readonly wayOf: (pool: string) => Way;
};

export function createDispatch(ambient: Ambient, {transport, names, office, inlet, wayOf}: Parts): Dispatch {
	const packer = createPacker();
	const post = createPost(ambient, transport, office);
	const shared = {...office, transport, names, packer, post};
	const pull = createPull(ambient, {...shared, choose: createChoice(office.roster)});
	const local = inlet && createLocal(ambient, {...office, packer, inlet, pull});
	let push: Dispatch | undefined;
	const strategyOf = (pool: string) => strategies[wayOf(pool).strategy];
	const through = (pool: string): Dispatch => {
		const {mode} = wayOf(pool);
		if (mode === 'local' && local) return local;
		if (mode !== 'push') return pull;
		push ??= createPush(ambient, {...shared, pull, strategyOf});
		return push;
	};

	return {
		place(placements, placed) {
			const ways = new Map<Dispatch, Placement[]>();
			for (const placement of placements) {
				const way = through(placement.row.pool);
				const list = ways.get(way);
				if (list) list.push(placement);
				else ways.set(way, [placement]);
			}
			for (const [way, list] of ways) way.place(list, placed);
		},
		measured: (version, runMs) => packer.measured(version, runMs),
		holds: (task, attempt) => [local, push].some(way => way?.holds(task, attempt)),
		outlives: pool => through(pool).outlives(pool),
	};
}
