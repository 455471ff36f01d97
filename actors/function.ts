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
	readonly createdAt: number;
	readonly updatedAt: number;
};

export type FunctionState = 'building' | 'active' | 'paused' | 'rejected' | 'retired';

/** An immutable build. */
export type VersionRow = {
	readonly function: string;
	/** sha256 (hex) over code, runtime, handler, policy and env. */
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
