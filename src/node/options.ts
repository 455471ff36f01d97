import type {Breaker, Policy} from '#actors/policy.ts';
import type {Mode} from '#dispatch/dispatch.ts';
import type {StrategyName} from '#dispatch/strategies.ts';
import type {HttpOptions} from '#gateway/rest.ts';
import type {ScaleRule} from '#scale/rule.ts';
import type {AccessOptions} from './access.ts';
import type {AreasOptions} from './areas.ts';

export type Role = 'server' | 'worker';

/** What is left out has the default of docs/config.md. Times in ms, sizes in bytes unless named. */
export type WarrenOptions = {
	readonly roles?: readonly Role[];
	/** The folder of this node's own data; taken by one server at a time. A worker needs none. */
	readonly data?: string;
	/** The home's name; made once and kept with the data unless given. */
	readonly id?: string;
	/** For how long a server lives after its last word, where several share a store. */
	readonly leaseMs?: number;
	/** What functions are given whose deployment says nothing else. */
	readonly policy?: Partial<Policy>;
	readonly broker?: {
		/** `memory:` or `amqp(s)://…` */
		readonly url?: string;
		readonly prefix?: string;
		/** Publishes that may be unconfirmed at once. */
		readonly window?: number;
		readonly ca?: string;
		readonly cert?: string;
		readonly key?: string;
	};
	readonly store?: {readonly url?: string; readonly retentionMs?: number; readonly groupMost?: number};
	/** Absent: no HTTP. */
	readonly http?: HttpOptions & AccessOptions;
	readonly worker?: {
		/** Whose tasks it takes. */
		readonly pool?: string;
		/** What functions may need of it. */
		readonly tags?: readonly string[];
		readonly executors?: number;
		/** Of each executor. */
		readonly slots?: number;
		readonly memoryBudgetMb?: number;
		/** At least `memoryBudgetMb` and 192. */
		readonly hardRssMb?: number;
		/** The walls around executors, those of a server's checks too: SECURITY.md. */
		readonly sandbox?: 'auto' | 'strict' | 'off';
		/** Their numeric user and group where this process is root. */
		readonly sandboxUser?: number;
		readonly heartbeatMs?: number;
		/** A file that is touched at each heartbeat, for a probe from outside; one for each worker. */
		readonly heartbeatFile?: string;
		/** How long a node that stops, a server too, waits for what is in hand. */
		readonly drainTimeoutMs?: number;
		/** The pool supervisor that started this process. */
		readonly supervisor?: string;
	};
	/** When a function is paused whose executors keep dying, and whose policy says nothing of it. */
	readonly breaker?: Partial<Breaker>;
	readonly dispatch?: {
		/** Attempts in the broker at most, of each class of each pool. */
		readonly window?: number;
		/** How often the audit looks after them. */
		readonly auditMs?: number;
		/** How attempts meet a worker, and in which pools otherwise: docs/scaling.md. */
		readonly mode?: Mode;
		/** How `push` chooses a worker. */
		readonly strategy?: StrategyName;
		readonly pools?: Readonly<Record<string, {readonly mode?: Mode; readonly strategy?: StrategyName}>>;
	};
	/** Who scales a pool by itself, and how; by pool. */
	readonly autoscale?: Readonly<Record<string, ScaleRule>>;
	readonly limits?: {readonly payloadBytes?: number; readonly intakeBytes?: number};
	/** Tell `warren.events`. */
	readonly events?: boolean;
} & AreasOptions;

export const mib = 1024 * 1024;

export const drainTimeoutOf = ({worker}: WarrenOptions): number => worker?.drainTimeoutMs ?? 30_000;
