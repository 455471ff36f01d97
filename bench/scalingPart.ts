// What the parts of `npm run bench:scaling` are given, and what each of them says.
import {join} from 'node:path';
import {prefix} from '../test/harness/rabbit.ts';
import {type Child, startNode} from './child.ts';
import type {NodeOptions} from './node.ts';
import type {Round} from './rounds.ts';
import {median, type Run} from './stats.ts';

export type Setting = {
	/** A RabbitMQ of the bench's own. */
	readonly broker: string;
	/** For the data of the nodes. */
	readonly folder: string;
	readonly rounds: number;
	/** Of each loop. */
	readonly durationMs: number;
	/** Tasks at the large end of `backlog`. */
	readonly backlog: number;
	/** At the large end of `functions`. */
	readonly functions: number;
	/** Of each worker in `weak`, that do nothing; a tenth as many sleep. */
	readonly tasks: number;
	readonly say: (line: string) => void;
};

/** Over the rounds; a ratio was formed within each of them. */
export type Figure = {
	readonly unit: string;
	readonly median: number;
	readonly least: number;
	readonly most: number;
	/** One of each round. */
	readonly values: readonly number[];
	/** Absent: nothing is wanted of it. */
	readonly wanted?: Wanted;
	/** By the median. */
	readonly met?: boolean;
};

type Wanted = {readonly atLeast: number} | {readonly atMost: number};

export type Part = {
	readonly figures: Readonly<Record<string, Figure>>;
	/** The share of the machine that others used, at most. */
	readonly foreign: number;
	/** What must be known to read the figures. */
	readonly notes: readonly string[];
};

export function figure(values: readonly number[], unit: string, wanted?: Wanted): Figure {
	const middle = median(values);
	const spread = {unit, median: middle, least: Math.min(...values), most: Math.max(...values), values};
	if (!wanted) return spread;
	const met = 'atLeast' in wanted ? middle >= wanted.atLeast : middle <= wanted.atMost;
	return {...spread, wanted, met};
}

/** Of two scenarios of the same round. */
export const ratios = (rounds: readonly Round[], ours: string, of: keyof Run, base: string): number[] =>
	rounds.map(({runs}) => (runs[ours]?.[of] ?? Number.NaN) / (runs[base]?.[of] ?? Number.NaN));

export const figuresOf = (rounds: readonly Round[], name: string, of: keyof Run): number[] =>
	rounds.map(({runs}) => runs[name]?.[of] ?? Number.NaN);

export const dirtiest = (rounds: readonly {readonly foreign: number}[]): number =>
	Math.max(...rounds.map(({foreign}) => foreign));

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
	{broker, folder}: Pick<Setting, 'broker' | 'folder'>,
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
