import {fail} from '#actors/failure.ts';
import type {WorkerView} from '#contract/status.ts';
import type {Rolling} from '#contract/supervisor.ts';
import {createOrders} from '#runtime/orders.ts';
import type {Answer} from './api.ts';
import {type Desk, no, yes} from './desk.ts';

/** Tells the supervisors of a pool to replace their workers; CONFLICT where none is heard of. */
export function restartWorkers({scaler}: Desk, pool: string, mostAtOnce: number): Answer<Rolling> {
	const rolling = scaler.restart(pool, mostAtOnce);
	if (rolling.supervisors.length > 0) return yes(rolling);
	return no(
		fail('CONFLICT', `No supervisor of pool ${pool} is heard of; \`warren supervise --pool ${pool}\` is one`),
	);
}

/** Lossy, as every order: whoever waits for it says it again until the worker's heartbeat says so too. */
export function drainWorker({ambient, home}: Desk, worker: string): Answer<WorkerView> {
	const view = home.roster.workers().find(({id}) => id === worker);
	if (!view)
		return no(fail('NOT_FOUND', `No worker ${worker} is heard of; \`warren workers\` lists those that are`));
	if (view.state !== 'stopped') {
		createOrders(ambient, home.transport, home.names)(worker, {type: 'drain'});
		ambient.log.info({worker}, 'a worker is told to drain');
	}
	return yes(view);
}
