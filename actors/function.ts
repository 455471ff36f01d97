import type {Failure} from './failure.ts';
import type {Policy} from './policy.ts';

/** User code and its policy, under a name. Its lifecycle is `functionMachine.ts`. */
export type FunctionRow = {
	/** `^[a-z][a-z0-9-]{0,62}$` */
	readonly name: string;
	readonly state: FunctionState;
	/** Grows by 1 with every change; cached copies carry it. */
	readonly revision: number;
	/** The live version's digest; null until the first build was good. */
	readonly version: string | null;
	/** Why the last build was rejected. */
	readonly failure: Failure | null;
	/** Why nothing of it is taken or placed; null unless `paused`. */
	readonly pause: Pause | null;
	/** Versions that the breaker stopped. Once another one is live, what waits for them takes that one. */
	readonly broken: readonly string[];
	readonly createdAt: number;
	readonly updatedAt: number;
};

export type FunctionState = 'building' | 'active' | 'paused' | 'rejected' | 'retired';

/** A reason that people are shown. */
export type Pause = {
	/** `breaker`: its executors kept dying. The deployment of another version ends that, not an operator's. */
	readonly by: 'breaker' | 'operator';
	readonly why: string;
	/** ms since the epoch */
	readonly at: number;
	/** The version that was to blame, or was live then. */
	readonly version: string | null;
};

/** An immutable build. */
export type VersionRow = {
	readonly function: string;
	/** sha256 (hex) over the function's name, code, runtime, handler, policy and env (`digestOf`). */
	readonly digest: string;
	/** Counts a function's versions from 1. */
	readonly number: number;
	readonly runtime: Runtime;
	/** The export to call: `default`, or a name. */
	readonly handler: string;
	readonly policy: Policy;
	readonly env: Readonly<Record<string, string>>;
	/** One self-contained module, ready for its runtime. */
	readonly code: Buffer;
	/** Its source map (version 3, JSON), if there is one. */
	readonly map: Buffer | null;
	readonly createdAt: number;
};

/** What can run a version. TypeScript is built to `javascript` at deploy. */
export type Runtime = 'javascript' | 'wasm';
