// What befalls the cluster. A blow ends when the world around Warren is whole again (the process runs, the
// broker is up, the disk has room); that Warren itself is whole again is what the verdict finds out. A fault
// looks whether it did anything: one that did not is a miss, and is struck again.
import {setTimeout as delay} from 'node:timers/promises';
import {executorsOf, gone} from '../worker/processes.ts';
import type {Cluster} from './cluster.ts';
import type {Place} from './place.ts';
import {queueFaults} from './queueFaults.ts';
import type {Fault, Scene} from './scene.ts';
import {serverFaults} from './serverFaults.ts';

export const faults = {
	async 'kill-executor'({cluster, dice}) {
		const place = dice.pick(cluster.workers);
		const pids = executorsOf(place.process.pid);
		// Between two executors there is none for a moment.
		const pid = pids.length > 0 ? dice.pick(pids) : undefined;
		const what = `an executor of ${place.name}`;
		if (pid === undefined || !signal(pid, 'SIGKILL')) return {what, missed: 'there was none'};
		await gone(pid);
		return {what};
	},
	async 'kill-worker'({cluster, dice, hold}) {
		const place = dice.pick(cluster.workers);
		await place.process.kill();
		await hold(0, 500);
		await place.restart();
		return {what: place.name};
	},
	async 'stop-worker'({cluster, dice, hold}) {
		const place = dice.pick(cluster.workers);
		place.process.freeze();
		const wasLost = await isLost(cluster, place);
		await hold(0, 15_000);
		place.process.thaw();
		return {what: place.name, missed: wasLost ? undefined : 'no server took it for lost'};
	},
	async 'kill-broker'({cluster, hold}) {
		await cluster.rabbit.kill();
		await hold(0, 2000);
		await cluster.rabbit.start();
		return {what: 'the broker'};
	},
	async 'drop-connections'({cluster, dice, hold}) {
		const how = dice.pick(['cut', 'lag', 'half-open'] as const);
		const hit = dice.next() < 0.3 ? cluster.places : [dice.pick(cluster.places)];
		const count = hit.reduce((sum, {proxy}) => sum + proxy.size, 0);
		await drops[how](hit, hold);
		const what = `${how}: ${count} connections of ${hit.map(({name}) => name).join(', ')}`;
		return {what, missed: count === 0 ? 'there were none' : undefined};
	},
	async 'fill-store'({cluster, hold}) {
		const {volume} = cluster;
		await volume.fill();
		const isFull = await refuses(cluster);
		await hold(500, 5000);
		await volume.free();
		const what =
			volume.kind === 'tmpfs' ? 'a full disk' : 'a file that may not grow (no right to mount a small disk)';
		return {what, missed: isFull ? undefined : 'no commit was refused'};
	},
	async 'rolling-restart'({cluster}) {
		await cluster.stale();
		for (const place of cluster.places) {
			const code = await place.process.drain();
			if (code !== 0) throw new Error(`${place.name} was asked to drain and ended with ${code}, not with 0`);
			await place.restart();
		}
		return {what: `${cluster.places.length} nodes`};
	},
	...queueFaults,
	...serverFaults,
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof faults;
export const faultNames = Object.keys(faults) as FaultName[];

const ofServers = Object.keys(serverFaults) as FaultName[];
/** Those that a server with its store in a file knows, and those that several with a database do. */
export const oneServer = faultNames.filter(name => name === 'kill-server' || !ofServers.includes(name));
export const severalServers = faultNames.filter(name => name !== 'fill-store');

const patienceMs = 20_000;
const betweenMs = 50;

/** Whether a server, which hears its heartbeats, takes this worker for lost in time. */
const isLost = ({client}: Cluster, {process}: Place): Promise<boolean> =>
	inTime(async () => {
		const workers = await client.workers();
		return workers.some(({pid, state}) => pid === process.pid && state === 'lost');
	});

/** Whether a commit is refused in time: then the server says what its store lacks. */
const refuses = ({client}: Cluster): Promise<boolean> =>
	inTime(async () => {
		const missing = await client.missing();
		return missing?.includes('the store takes nothing') ?? false;
	});

/** Asks until it is so, or too long. */
async function inTime(ask: () => Promise<boolean>): Promise<boolean> {
	for (const until = performance.now() + patienceMs; performance.now() < until; await delay(betweenMs)) {
		if (await ask().catch(() => false)) return true;
	}
	return false;
}

type Drop = (hit: readonly Place[], hold: Scene['hold']) => Promise<void>;

const drops = {
	async cut(hit) {
		for (const {proxy} of hit) proxy.cut();
	},
	/** What is said arrives, late and in bursts. */
	async lag(hit, hold) {
		for (let burst = 0; burst < 6; burst += 1) {
			for (const {proxy} of hit) proxy.freeze();
			await hold(100, 600);
			for (const {proxy} of hit) proxy.thaw();
			await hold(10, 50);
		}
	},
	/** Neither side hears of it: heartbeats must find out, if it lasts that long. */
	async 'half-open'(hit, hold) {
		for (const {proxy} of hit) proxy.freeze();
		await hold(1000, 15_000);
		for (const {proxy} of hit) {
			proxy.thaw();
			proxy.cut();
		}
	},
} as const satisfies Record<string, Drop>;

/** False: there is no such process any more. */
function signal(pid: number, name: NodeJS.Signals): boolean {
	try {
		return process.kill(pid, name);
	} catch {
		return false;
	}
}
