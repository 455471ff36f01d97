// What REST answers where it is more than one of the other schemas.
import Type, {type Static, type TSchema} from 'typebox';
import {FailureSchema} from './failure.ts';
import {FunctionViewSchema} from './function.ts';
import {NodeViewSchema, WorkerViewSchema} from './status.ts';
import {LogSchema, ReceiptSchema, TaskViewSchema} from './task.ts';

const orNull = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()]);

/** Newest first. */
export const TaskPageSchema = Type.Object(
	{
		tasks: Type.Array(TaskViewSchema),
		next: orNull(Type.String({description: 'Give it as `before` for the next page; null on the last one'})),
	},
	{$id: 'TaskPage'},
);

export const FunctionListSchema = Type.Object(
	{functions: Type.Array(FunctionViewSchema)},
	{$id: 'FunctionList'},
);

/** Newest first. */
export const VersionListSchema = Type.Object(
	{versions: Type.Array(FunctionViewSchema)},
	{$id: 'VersionList'},
);

export const WorkerListSchema = Type.Object({workers: Type.Array(WorkerViewSchema)}, {$id: 'WorkerList'});

export const NodeListSchema = Type.Object({nodes: Type.Array(NodeViewSchema)}, {$id: 'NodeList'});

/** One an attempt, in their order. */
export const LogListSchema = Type.Object({logs: Type.Array(LogSchema)}, {$id: 'LogList'});

export const RemovedSchema = Type.Object(
	{
		name: Type.String(),
		cancelled: Type.Integer({description: 'Open tasks that were cancelled first'}),
	},
	{$id: 'Removed'},
);

/** One answer an item, in the order of the batch. */
export const BatchAnswerSchema = Type.Union([ReceiptSchema, Type.Object({failure: FailureSchema})]);

export const BatchSchema = Type.Object(
	{accepted: Type.Integer(), refused: Type.Integer(), answers: Type.Array(BatchAnswerSchema)},
	{$id: 'Batch'},
);

export type TaskPage = Static<typeof TaskPageSchema>;
export type FunctionList = Static<typeof FunctionListSchema>;
export type VersionList = Static<typeof VersionListSchema>;
export type NodeList = Static<typeof NodeListSchema>;
export type WorkerList = Static<typeof WorkerListSchema>;
export type LogList = Static<typeof LogListSchema>;
export type Removed = Static<typeof RemovedSchema>;
export type BatchAnswer = Static<typeof BatchAnswerSchema>;
export type Batch = Static<typeof BatchSchema>;

/** The most items a batch may have. */
export const mostBatchItems = 10_000;
