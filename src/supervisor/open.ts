import {randomBytes} from 'node:crypto';
import {hostname} from 'node:os';
import {createMetrics} from '#observe/metrics.ts';
import type {Ambient} from '#observe/observe.ts';
import {type OpenOptions, openTransport} from '#transport/open.ts';
import {names} from '#transport/topology.ts';
import {version} from '#version.ts';
import {launcher} from './child.ts';
import {createSupervisor, type Supervisor} from './supervisor.ts';

export type SupervisorOptions = {
	readonly broker: Omit<OpenOptions, 'name'> & {readonly prefix?: string};
	readonly pool: string;
	readonly tags: readonly string[];
	/** As long as nobody has said how many there should be. */
	readonly workers: number;
	readonly drainTimeoutMs: number;
	/** Of this program, which make it a worker. */
	readonly args: readonly string[];
};

/** Joins the broker as a supervisor that starts workers as processes of this program. */
export async function openSupervisor(
	given: Pick<Ambient, 'log' | 'clock'>,
	{broker, args, ...options}: SupervisorOptions,
): Promise<Supervisor> {
	const ambient: Ambient = {...given, metrics: createMetrics()};
	const host = hostname().replaceAll(/[^A-Za-z0-9-]/g, '-');
	const transport = await openTransport(ambient, {...broker, name: `warren supervisor ${host}`});
	const supervisor = createSupervisor(ambient, {
		...{...options, transport, version},
		id: `${host}-s${process.pid}-${randomBytes(3).toString('hex')}`,
		names: names(broker.prefix),
		launch: launcher(args),
	});
	return {
		start: () => supervisor.start(),
		async stop() {
			await supervisor.stop();
			await transport.stop();
		},
	};
}
