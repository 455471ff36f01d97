// What `npm run bench` measures: the raw ceiling, and Warren over RabbitMQ and embedded.
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {burnCode, burners, calibrate} from './burn.ts';
import {type Child, startNode} from './child.ts';
import {amqpCall, restCall} from './doors.ts';
import {isolateRate} from './isolateCost.ts';
import {closedLoop} from './load.ts';
import type {Order} from './node.ts';
import {startRaw} from './raw-echo.ts';
import type {Scenario} from './rounds.ts';
import type {Run} from './stats.ts';

export type Stage = {
	readonly scenarios: readonly Scenario[];
	readonly server: Child;
	readonly worker: Child;
	readonly embedded: Child;
	stop(): Promise<void>;
};

export const echoCode = 'export default input => input;';
/** Of each round, for each loop. */
const slices = 4;
const batchSize = 10_000;
const mapSize = 100_000;
const [tenKilobytes, megabyte] = [10_000, 1_000_000];
/** In which an executor makes sandboxes for a burst of 64. */
const restMs = 500;
/** A task of computing, ms. */
const burnMs = 1;

/** @param seconds of each loop in a round */
export async function openStage(url: string, folder: string, seconds: number): Promise<Stage> {
	const durationMs = (seconds * 1000) / slices;
	const prefix = `bench-${process.pid}`;
	const shared = {broker: url, prefix, executors: 1};
	const alone = {...shared, broker: 'memory:', roles: ['server' as const, 'worker' as const]};
	const raw = await startRaw(url, prefix);
	const server = await startNode({...shared, roles: ['server'], data: join(folder, 'server')});
	const worker = await startNode({...shared, roles: ['worker'], data: join(folder, 'worker')});
	const embedded = await startNode({...alone, data: join(folder, 'embedded')});
	const pair = await startNode({...alone, executors: 2, data: join(folder, 'pair')});
	const chunks = await calibrate(pair, burnMs);
	await pair.ask({do: 'deploy', name: 'burn', code: burnCode(chunks)});
	for (const node of [server, embedded]) await node.ask({do: 'deploy', name: 'echo', code: echoCode});
	await embedded.ask({do: 'deploy', name: 'fresh', code: echoCode, policy: {isolation: 'fresh'}});
	const rest = restCall(server.url);
	const embeddedRest = restCall(embedded.url);
	const amqp = await amqpCall(url, prefix);
	const loop = (node: Child, callers: number, more: {names?: string[]; bytes?: number} = {}) => ({
		slices,
		run: () => ask(node, {do: 'loop', callers, durationMs, ...more}),
	});
	const burnt = async (): Promise<Run> => {
		const run = await ask(pair, {do: 'loop', callers: 16, durationMs: seconds * 1000, names: ['burn']});
		return {...run, rate: run.rate * chunks};
	};
	const scenarios: Scenario[] = [
		{name: 'rawLoop64', slices, run: () => raw.loop(64, durationMs)},
		{name: 'apiLoop64', ...loop(server, 64)},
		{name: 'restLoop64', slices, run: () => closedLoop(64, durationMs, rest.call)},
		{name: 'amqpLoop64', slices, run: () => closedLoop(64, durationMs, amqp.call)},
		{name: 'embeddedLoop64', ...loop(embedded, 64)},
		{name: 'embeddedRestLoop64', slices, run: () => closedLoop(64, durationMs, embeddedRest.call)},
		{name: 'rawOne', slices, run: () => raw.loop(1, durationMs)},
		{name: 'restOne', slices, run: () => closedLoop(1, durationMs, rest.call)},
		{name: 'embeddedOne', ...loop(embedded, 1)},
		{name: 'embeddedRestOne', slices, run: () => closedLoop(1, durationMs, embeddedRest.call)},
		{name: 'rawBatch10k', run: () => raw.batch(batchSize)},
		{name: 'apiBatch10k', run: () => ask(server, {do: 'batch', size: batchSize})},
		{name: 'embeddedBatch10k', run: () => ask(embedded, {do: 'batch', size: batchSize})},
		{name: 'map', run: () => ask(server, {do: 'map', name: 'echo', size: mapSize})},
		{name: 'mapEmbedded', run: () => ask(embedded, {do: 'map', name: 'echo', size: mapSize})},
		{name: 'raw10k', slices, run: () => raw.loop(64, durationMs, tenKilobytes)},
		{name: 'api10k', ...loop(server, 64, {bytes: tenKilobytes})},
		{name: 'raw1m', slices, run: () => raw.loop(4, durationMs, megabyte)},
		{name: 'api1m', ...loop(server, 4, {bytes: megabyte})},
		{name: 'freshBurst', run: rested(() => ask(embedded, {do: 'burst', callers: 64, name: 'fresh'}))},
		{name: 'reuseBurst', run: () => ask(embedded, {do: 'burst', callers: 64, name: 'echo'})},
		{name: 'fresh64', slices, run: rested(loop(embedded, 64, {names: ['fresh']}).run)},
		{name: 'isolates', run: () => isolateRate(echoCode)},
		{name: 'oneCore', run: burners(1, seconds * 1000)},
		{name: 'twoExecutors', run: burnt},
	];
	return {
		...{scenarios, server, worker, embedded},
		async stop() {
			for (const door of [rest, embeddedRest]) door.stop();
			await amqp.stop();
			for (const node of [pair, embedded, worker, server]) await node.stop();
			await raw.stop();
		},
	};
}

/** What follows is not measured while executors make sandboxes for the next burst. */
const rested = (run: () => Promise<Run>) => async (): Promise<Run> => {
	const found = await run();
	await delay(restMs);
	return found;
};

async function ask(node: Child, order: Order): Promise<Run> {
	const {run} = await node.ask(order);
	if (!run) throw new Error('A node of the bench gave no run');
	return run;
}
