import type {TaskView} from '#contract/task.ts';
import {type Peer, PeerAway, type PeerErrand} from '#dispatch/peer.ts';
import {type Arrivals, arrivals} from '../harness/arrivals.ts';

export type FakePeer = Peer & {
	readonly errands: Arrivals<PeerErrand>;
	readonly cancelled: Arrivals<string>;
	/** Nothing there answers any more. */
	away: boolean;
	/** What a task is there from now on; whoever looks is told. */
	is(task: string, view: Partial<TaskView>): void;
};

/** An area that does what the test says: what it takes is called as its key, and waits. */
export function fakePeer(area: string): FakePeer {
	const views = new Map<string, Partial<TaskView>>();
	const looks = new Map<string, () => void>();
	const peer: FakePeer = {
		area,
		errands: arrivals('errands'),
		cancelled: arrivals('cancels'),
		away: false,
		is(task, view) {
			views.set(task, {...views.get(task), ...view});
			looks.get(task)?.();
		},
		async submit(errand) {
			if (peer.away) throw new PeerAway('away', false);
			const task = errand.options.key ?? '';
			views.set(task, {id: task, state: 'queued', failure: null, usage: null});
			peer.errands.push(errand);
			return {task};
		},
		deploy: async () => undefined,
		async look(task, _, signal) {
			const {promise, resolve, reject} = Promise.withResolvers<void>();
			looks.set(task, resolve);
			signal.addEventListener('abort', () => reject(new PeerAway('silent', true)), {once: true});
			if (views.get(task)?.endedAt === undefined) await promise;
			return views.get(task) as TaskView;
		},
		result: async () => Buffer.from('42'),
		logs: async () => undefined,
		async cancel(task) {
			peer.cancelled.push(task);
			peer.is(task, {state: 'cancelled', endedAt: 1});
		},
	};
	return peer;
}
