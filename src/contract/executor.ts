// What a worker and its executors say to each other: frames over one socket of their own, never the
// broker. A worker believes nothing an executor says before it is checked: user code may own it.
import Type, {type Static} from 'typebox';
import type {Build} from './build.ts';
import {checker} from './check.ts';
import {FailureSchema} from './failure.ts';

/** Worker → executor. It is believed. */
export type ExecutorOrder =
	/** First of all. */
	| {readonly type: 'hello'; readonly memoryBudgetBytes: number; readonly heartbeatMs: number}
	/**
	 * A version, once; later lists name it by its digest. Bodies: code, map. `isStocked`: its sandboxes may be made
	 * before they are asked for.
	 */
	| ({readonly type: 'build'; readonly isStocked: boolean} & Omit<Build, 'code' | 'map'>)
	/** Forget a version. */
	| {readonly type: 'forget'; readonly digest: string}
	/** Run a list in its order. Bodies: the inputs. `check`: only load it, in a sandbox of its own. */
	| {
			readonly type: 'run';
			readonly list: number;
			readonly digest: string;
			readonly check: boolean;
			readonly items: readonly ExecutorItem[];
	  }
	| {readonly type: 'stop'; readonly list: number; readonly index: number}
	/** Nothing more will come: end when the last list has. */
	| {readonly type: 'retire'};

export type ExecutorItem = {
	readonly task: string;
	readonly attempt: number;
	readonly wallMs: number;
	readonly cpuMs: number;
	readonly deadline: number | null;
	/** Its input is a chunk (contract/chunk.ts); it is alone in its list. */
	readonly isChunk?: boolean;
};

/**
 * What an executor can't end. A number: that item of the list. `version`: the list's version, while it loads.
 * `nobody`: what earlier calls left in the list's sandbox, or in an idle one; whoever of the list is open has not begun.
 */
const Who = Type.Union([Type.Integer({minimum: 0}), Type.Literal('version'), Type.Literal('nobody')]);

const Settled = Type.Object({
	list: Type.Integer({minimum: 0}),
	index: Type.Integer({minimum: 0}),
	failure: Type.Union([FailureSchema, Type.Null()]),
	/** Its sandbox had to be made first. */
	cold: Type.Boolean(),
	initMs: Type.Number({minimum: 0}),
	runMs: Type.Number({minimum: 0}),
	cpuMs: Type.Number(),
	heapBytes: Type.Number({minimum: 0}),
	hostCalls: Type.Integer({minimum: 0}),
});

/** Executor → worker. */
export const ExecutorNewsSchema = Type.Union([
	Type.Object({type: Type.Literal('ready')}),
	/** It has read this list, and begins. Who dies without having said so had nobody of it inside. */
	Type.Object({type: Type.Literal('taken'), list: Type.Integer({minimum: 0})}),
	/** Bodies: result and logs of each item. */
	Type.Object({type: Type.Literal('settled'), items: Type.Array(Settled, {minItems: 1})}),
	Type.Object({
		type: Type.Literal('heartbeat'),
		/** What is inside, and for how long. */
		busy: Type.Array(Type.Object({list: Type.Integer(), index: Type.Integer(), ageMs: Type.Number()})),
		/** Warm sandboxes by function name. */
		warm: Type.Record(Type.String(), Type.Integer({minimum: 0})),
		blank: Type.Integer({minimum: 0}),
		heapBytes: Type.Number({minimum: 0}),
	}),
	/** Sandboxes of this version are made for nobody yet, and no list runs meanwhile; null: of none. */
	Type.Object({type: Type.Literal('stocking'), digest: Type.Union([Type.String(), Type.Null()])}),
	/** It can't end this itself: it must be killed. `list` -1: no list. */
	Type.Object({type: Type.Literal('stuck'), list: Type.Integer(), who: Who, failure: FailureSchema}),
]);

export type ExecutorNews = Static<typeof ExecutorNewsSchema>;
export type ExecutorSettled = Static<typeof Settled>;
export type Who = Static<typeof Who>;
export const checkExecutorNews = checker(ExecutorNewsSchema);

/** The most a frame from an executor may have: one result of 8 MiB at most, with what it printed. */
export const mostNewsBytes = 32 * 1024 * 1024;
