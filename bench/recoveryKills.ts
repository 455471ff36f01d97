// What a kill costs the tasks that were inside: from the kill to the beginning of the run that replaces
// the killed one. A kill may come at any moment of the second between two heartbeats.
import {setTimeout as delay} from 'node:timers/promises';
import type {NodeProcess} from '../test/chaos/nodeProcess.ts';
import {busyMs} from './cpu.ts';
import type {Nodes} from './recoveryNodes.ts';
import {
	burning,
	calmExecutors,
	deployProbe,
	type Ended,
	endOf,
	submitProbes,
	until,
} from './recoveryProbe.ts';

/** Longer than it takes to find a probe and to kill it. */
const probeMs = 1000;
const heartbeatMs = 1000;
/** What the names of executors that suspects are run again in begin with. */
const quarantine = 'q';

export type Lost = {
	/** ms from the kill to the new beginning, one for each attempt that was killed. */
	readonly again: readonly number[];
	/** Kills that hit nothing that fits, and say nothing. */
	readonly missed: number;
};

/** Kills an executor with one attempt inside, which is charged and then tried again by the function's policy. */
export function killLoneExecutors(nodes: Nodes, kills: number): Promise<Lost> {
	return collect(nodes, kills, async () => {
		const {ends, at} = await strike(nodes, 1, executor => process.kill(executor, 'SIGKILL'));
		return ends.filter(({attempt}) => attempt > 1).map(since(at));
	});
}

/** Kills an executor with several inside: nobody is charged, they run again one by one. The first counts. */
export function killFullExecutors(nodes: Nodes, kills: number): Promise<Lost> {
	return collect(nodes, kills, async () => {
		const {ends, at} = await strike(nodes, 4, executor => process.kill(executor, 'SIGKILL'));
		const redone = ends.filter(({executor: name}) => name.startsWith(quarantine)).map(since(at));
		return redone.length > 1 ? [Math.min(...redone)] : [];
	});
}

/** Kills one of the workers, and starts another in its place. */
export function killWorkers(nodes: Nodes, kills: number): Promise<Lost> {
	return collect(nodes, kills, async () => {
		const {ends, at, worker} = await strike(nodes, 4, (_, hit) => process.kill(hit.pid, 'SIGKILL'));
		nodes.workers[nodes.workers.indexOf(worker)] = await nodes.startWorker();
		return ends.filter(({claimed}) => claimed).map(since(at));
	});
}

export type Frozen = Lost & {
	/** ms from the stop until the server's list of workers said `lost`. */
	readonly lost: readonly number[];
};

/** Stops one of the workers with SIGSTOP, and lets it go on when its attempts have run elsewhere. */
export async function freezeWorkers(nodes: Nodes, times: number): Promise<Frozen> {
	const lost: number[] = [];
	const found = await collect(nodes, times, async () => {
		let seen = Promise.resolve(0);
		const {ends, at, worker} = await strike(nodes, 4, (_, hit) => {
			hit.freeze();
			seen = entered(nodes, hit, ['lost']);
		});
		const lostAt = await seen;
		worker.thaw();
		await entered(nodes, worker, ['idle', 'busy']);
		const redone = ends.filter(({claimed}) => claimed).map(since(at));
		if (redone.length > 0) lost.push(lostAt - at);
		return redone;
	});
	return {...found, lost};
}

/** Strikes until so many blows have hit. @throws Error when more have missed */
async function collect(nodes: Nodes, hits: number, blow: () => Promise<readonly number[]>): Promise<Lost> {
	await deployProbe(nodes.client);
	const again: number[] = [];
	let missed = 0;
	for (let hit = 0; hit < hits; ) {
		const times = await blow();
		again.push(...times);
		if (times.length > 0) hit++;
		else if (++missed > hits) throw new Error(`Of ${hit + missed} kills ${missed} hit nothing that ran`);
	}
	return {again, missed};
}

type Strike = {readonly ends: readonly Ended[]; readonly at: number; readonly worker: NodeProcess};

/** Submits probes, hits an executor that runs one, or its worker, and waits until all have ended. */
async function strike(
	{client, workers, executors}: Nodes,
	probes: number,
	hit: (executor: number, worker: NodeProcess) => unknown,
): Promise<Strike> {
	const pids = workers.map(({pid}) => pid);
	const calm = await calmExecutors(pids, executors);
	await delay(Math.random() * heartbeatMs);
	const before = new Map([...calm.keys()].map(pid => [pid, busyMs(pid)]));
	const tasks = await submitProbes(client, probes, probeMs);
	const executor = await burning(before);
	const worker = workers.find(({pid}) => pid === calm.get(executor));
	if (!worker) throw new Error('Expected an executor of one of the workers');
	const at = Date.now();
	hit(executor, worker);
	return {ends: await Promise.all(tasks.map(task => endOf(client, task))), at, worker};
}

/** When the server's list shows this worker in one of these states. */
function entered({client}: Nodes, {pid}: NodeProcess, states: readonly string[]): Promise<number> {
	return until(`worker ${pid} to be ${states.join(' or ')}`, async () => {
		const found = (await client.workers()).find(worker => worker.pid === pid);
		return found && states.includes(found.state) ? Date.now() : undefined;
	});
}

const since =
	(at: number) =>
	({startedAt}: Ended): number =>
		startedAt - at;
