import {classes} from '#actors/lane.ts';
import type {Answer, Api} from '#api/api.ts';
import type {PoolView} from '#contract/pool.ts';

/** Two pools: one with a worker, and one in which some wait. */
export function fakePools(): Pick<Api, 'pools' | 'pausePool' | 'resumePool'> {
	const none = classes.map(name => ({class: name, waiting: 0, placed: 0, depth: null}));
	const pools = new Map<string, PoolView>();
	const viewOf = (name: string): PoolView =>
		pools.get(name) ?? {name, pause: null, named: false, lanes: none, workers: 0, slots: 0, busy: 0};
	const put = (view: PoolView): Answer<PoolView> => {
		pools.set(view.name, view);
		return {ok: true, value: view};
	};
	put({...viewOf('default'), named: true, workers: 1, slots: 4, busy: 1});
	const lanes = none.map(lane => ({...lane, waiting: lane.class === 'low' ? 0 : 3, placed: 2, depth: 1}));
	put({...viewOf('gpu'), named: true, lanes});
	return {
		pools: async () => ({ok: true, value: [...pools.values()]}),
		pausePool: async (name, {why = 'no reason was given'} = {}) =>
			put({...viewOf(name), pause: {why, at: 1}}),
		resumePool: async name => put({...viewOf(name), pause: null}),
	};
}
