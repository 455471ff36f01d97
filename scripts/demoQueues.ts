import {pino} from 'pino';
import {systemClock} from '#lib/clock.ts';
import {createMetrics} from '#observe/metrics.ts';
import {names, serverTopology} from '#transport/topology.ts';
import {reach} from './reach.ts';

/** Deletes the queues of an installation, and the inbox of one home. The in-process broker dies by itself. */
export async function removeQueues(url: string, prefix: string, home = 'none'): Promise<void> {
	if (url === 'memory:') return;
	const ambient = {
		log: pino({level: 'error'}, pino.destination(2)),
		clock: systemClock,
		metrics: createMetrics(),
	};
	const transport = await reach(ambient, url, 'warren demo');
	const {queues} = serverTopology(names(prefix), home, 0);
	for (const {name, exclusive} of queues) if (!exclusive) await transport.remove(name);
	await transport.stop();
}
