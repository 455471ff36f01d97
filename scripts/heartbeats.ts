// What scripts hear of workers and their supervisors, and tell workers, over the broker alone.
import {pino} from 'pino';
import {checkHeartbeat, type Heartbeat, type Order} from '#contract/control.ts';
import type {WorkerView} from '#contract/status.ts';
import {checkSupervisorBeat, type SupervisorBeat} from '#contract/supervisor.ts';
import {workerViewOf} from '#contract/workerView.ts';
import {pause, systemClock} from '#lib/clock.ts';
import {encodeFrame} from '#lib/frame.ts';
import {createMetrics} from '#observe/metrics.ts';
import type {Ambient} from '#observe/observe.ts';
import {ear, names} from '#transport/topology.ts';
import {reach} from './reach.ts';

export type Heartbeats = {
	/** What a worker said last. */
	get(worker: string): Heartbeat | undefined;
	/** Those that were heard of just now. */
	readonly workers: readonly Heartbeat[];
	/** The same as a server would show them. */
	readonly views: readonly WorkerView[];
	readonly supervisors: readonly SupervisorBeat[];
	/** Lossy. */
	tell(worker: string, order: Order): Promise<void>;
	stop(): Promise<void>;
};

/** Whoever is silent for so long is not counted. */
const silenceMs = 4500;
/** Everybody beats once a second, and who misses three beats is lost: so long hears all who are not. */
const listenMs = 3200;
/** The broker may take so long to say that all has come in. */
const answerMs = 5000;

/** Listens until everybody was heard. */
export async function hear(broker: string, prefix: string): Promise<Heartbeats> {
	const ambient: Ambient = {
		log: pino({level: 'error'}, pino.destination(2)),
		clock: systemClock,
		metrics: createMetrics(),
	};
	const {clock} = ambient;
	const named = names(prefix);
	const transport = await reach(ambient, broker, 'warren script');
	const workers = new Map<string, {readonly beat: Heartbeat; readonly at: number}>();
	const supervisors = new Map<string, {readonly beat: SupervisorBeat; readonly at: number}>();
	// Warren's own timers keep no process alive.
	const keepAlive = setInterval(() => {}, 1000);
	const id = `script-${process.pid}`;
	await transport.declare({
		exchanges: [{name: named.control, type: 'topic'}],
		queues: [ear(named, id, ['heartbeat.*', 'heartbeat.supervisor.*'])],
	});
	const consumer = await transport.consume(named.ear(id), {prefetch: 100}, ({body}) => {
		const said: unknown = JSON.parse(body.toString());
		const at = clock.now();
		const worker = checkHeartbeat(said);
		if (worker.ok) workers.set(worker.value.worker, {beat: worker.value, at});
		const supervisor = checkSupervisorBeat(said);
		if (supervisor.ok) supervisors.set(supervisor.value.supervisor, {beat: supervisor.value, at});
		return 'ack';
	});
	await pause(clock, listenMs);
	// What was said while this process could not listen is read first.
	await Promise.race([new Promise<void>(resolve => transport.ask(resolve)), pause(clock, answerMs)]);
	const isRecent = ({at}: {readonly at: number}) => clock.now() - at < silenceMs;
	const recent = <B>(heard: ReadonlyMap<string, {readonly beat: B; readonly at: number}>): B[] =>
		[...heard.values()].filter(isRecent).map(({beat}) => beat);
	return {
		get: worker => workers.get(worker)?.beat,
		get workers() {
			return recent(workers);
		},
		get views() {
			return [...workers.values()].filter(isRecent).map(({beat, at}) => workerViewOf(beat, at));
		},
		get supervisors() {
			return recent(supervisors).filter(({state}) => state !== 'stopped');
		},
		async tell(worker, order) {
			await transport.publish({
				exchange: named.control,
				key: `worker.${worker}`,
				body: encodeFrame(order, []),
			});
		},
		async stop() {
			await consumer.cancel();
			await transport.stop();
			clearInterval(keepAlive);
		},
	};
}

/** The broker is inside of the server's process, which no other can join. */
export const noneToJoin =
	'The embedded node keeps its broker in its own process, so other processes cannot join it. Give `--broker amqp://…` ' +
	'(and start the server with the same), or give the embedded node more executors: `warren up --set worker.executors=N`.';
