import type {PeerArea} from './areas.ts';
import type {PoolRule} from './autoscale.ts';
import type {modes, PoolWay, strategies} from './ways.ts';

type Role = 'server' | 'worker';

/** Times in ms, sizes in bytes, paths absolute. docs/config.md tells what each one means. */
export type Settings = {
	/** `id` null: made once and kept in `data`. */
	readonly node: {readonly id: string | null; readonly data: string; readonly lease: number};
	readonly roles: readonly Role[];
	readonly http: {
		readonly host: string;
		readonly port: number;
		readonly bodyLimit: number;
		/** A path. Null: that of the data folder, if it is there. */
		readonly keys: string | null;
		readonly open: boolean;
		readonly openMetrics: boolean;
	};
	readonly broker: {
		readonly url: string;
		readonly prefix: string;
		readonly window: number;
		/** Paths of PEM files. */
		readonly ca: string | null;
		readonly cert: string | null;
		readonly key: string | null;
	};
	readonly store: {readonly url: string; readonly retention: number; readonly groupMax: number};
	readonly worker: {
		readonly pool: string;
		readonly tags: readonly string[] | null;
		readonly executors: number;
		readonly slots: number;
		readonly memoryBudget: number;
		readonly hardRss: number;
		readonly sandbox: 'auto' | 'strict' | 'off';
		readonly sandboxUser: number;
		readonly heartbeat: number;
		readonly heartbeatFile: string | null;
		readonly drainTimeout: number;
	};
	readonly breaker: {readonly crashes: number; readonly window: number};
	/** `mode` null: as the node's roles and its broker have it. */
	readonly dispatch: {
		readonly window: number;
		readonly audit: number;
		readonly mode: (typeof modes)[number] | null;
		readonly strategy: (typeof strategies)[number];
		readonly pools: readonly PoolWay[];
	};
	readonly autoscale: readonly PoolRule[];
	readonly areas: readonly PeerArea[];
	readonly area: {readonly name: string | null};
	readonly spill: {
		readonly wait: {readonly high: number; readonly normal: number; readonly low: number};
		readonly atOnce: number;
		readonly patience: number;
	};
	readonly limits: {readonly payload: number; readonly batch: number};
	readonly intake: {readonly maxBytes: number};
	readonly defaults: {
		readonly wall: number;
		readonly cpu: number;
		/** Bytes. */
		readonly memory: number;
		readonly maxAttempts: number;
		readonly infraAttempts: number;
		readonly backoff: {readonly base: number; readonly factor: number; readonly max: number};
		readonly isolation: 'reuse' | 'fresh';
	};
	readonly log: {
		readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
		readonly pretty: boolean;
	};
	readonly events: {readonly enabled: boolean};
};
