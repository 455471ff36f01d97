import {names} from '#transport/topology.ts';
import type {Outgoing} from '#transport/transport.ts';
import {createWorker, type Worker} from '#worker/worker.ts';
import {type TestAmbient, testAmbient} from '../harness/ambient.ts';
import type {Arrivals} from '../harness/arrivals.ts';
import type {Ground} from './ground.ts';
import {type Life, type Mishap, mortalTransport, type Sent} from './life.ts';
import {type Run, type Scripted, scripted, type usage} from './scripted.ts';

export type WorkerOptions = {
	readonly id?: string;
	readonly slots?: number;
	readonly pool?: string;
	readonly tags?: readonly string[];
	readonly act?: (run: Run) => void;
	/** What it says of each attempt; an older one says less. */
	readonly usage?: Omit<typeof usage, 'hostCalls'>;
	readonly diesAt?: number;
	readonly heartbeatMs?: number;
};

export type TestWorker = {
	readonly ambient: TestAmbient;
	readonly worker: Worker;
	readonly executors: Scripted;
	readonly runs: Arrivals<Run>;
	readonly life: Life;
	readonly sent: Arrivals<Sent>;
	readonly mishaps: {broker: (message: Outgoing) => Mishap};
	/** Its connection to the broker is lost and comes back: what it holds is delivered again. */
	readonly blink: () => void;
	readonly crash: () => void;
};

let workers = 0;

export async function openWorker(ground: Ground, options: WorkerOptions = {}): Promise<TestWorker> {
	const {id = `w${++workers}`, slots = 4, act, usage} = options;
	const ambient = testAmbient(ground.clock);
	const real = ground.connect();
	const life = ground.born(real, options.diesAt);
	const mishaps: TestWorker['mishaps'] = {broker: () => undefined};
	const wire = mortalTransport(real, {by: id, life, durable: false, record: ground.record.sent}, message =>
		mishaps.broker(message),
	);
	const executors = scripted(slots, act, usage);
	const worker = createWorker(ambient, {
		...{id, pool: options.pool ?? 'default', tags: options.tags ?? [], names: names(), executors},
		transport: wire.transport,
		heartbeatMs: options.heartbeatMs ?? 1000,
		version: '0',
	});
	await worker.start();
	return {
		...{ambient, worker, executors, runs: executors.runs, life, sent: wire.sent, mishaps},
		blink: () => ground.sever(real),
		crash: () => life.die(),
	};
}
