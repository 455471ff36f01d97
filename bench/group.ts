// Nodes of a bench that work together, each in a process of its own.
import {join} from 'node:path';
import {prefix} from '../test/harness/rabbit.ts';
import {type Child, startNode} from './child.ts';
import type {NodeOptions} from './node.ts';

export type Place = {
	/** A RabbitMQ of the bench's own. */
	readonly broker: string;
	/** For the data of the nodes. */
	readonly folder: string;
};

/** Servers and workers that belong together: they share a prefix on the broker. */
export type Group = {
	readonly servers: readonly (Child & {url: string})[];
	readonly workers: readonly Child[];
	addWorker(): Promise<void>;
	stop(): Promise<void>;
	kill(): Promise<void>;
};

export type GroupOptions = Omit<NodeOptions, 'roles' | 'data' | 'broker' | 'prefix' | 'executors'> & {
	readonly servers?: number;
	readonly workers?: number;
	/** Of each worker; 1 unless given. */
	readonly executors?: number;
	/** The first server is the worker too. */
	readonly both?: boolean;
};

/** Starts one server and one worker, unless told otherwise. */
export async function startGroup(
	{broker, folder}: Place,
	{servers = 1, workers = 1, executors = 1, both = false, ...given}: GroupOptions = {},
): Promise<Group> {
	const own = prefix();
	const shared = {...given, broker, prefix: own, executors};
	const group = {
		servers: [] as (Child & {url: string})[],
		workers: [] as Child[],
		async addWorker() {
			const data = join(folder, own, `worker-${group.workers.length}`);
			group.workers.push(await startNode({...shared, roles: ['worker'], data}));
		},
		async stop() {
			for (const node of [...group.workers, ...group.servers]) await node.stop();
		},
		async kill() {
			for (const node of [...group.workers, ...group.servers]) await node.kill();
		},
	};
	for (let at = 0; at < servers; at++) {
		const data = join(folder, own, `server-${at}`);
		group.servers.push(await startNode({...shared, roles: both ? ['server', 'worker'] : ['server'], data}));
	}
	for (let at = 0; at < workers; at++) await group.addWorker();
	return group;
}
