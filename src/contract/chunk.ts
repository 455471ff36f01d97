// Chunks: many inputs of one function as one task. Its input is a JSON text a line, none empty and none with a line
// break; its result an array with an outcome for each line, in their order. The function is called once for each,
// with its own limits and with `ctx.index`, the number of the line. The task has succeeded whatever its lines came
// to; it fails as a whole if its executor dies of it, if its code can't be loaded, or if it is called off.
import Type, {type Static} from 'typebox';
import {FailureSchema} from './failure.ts';
import {ReceiptSchema} from './task.ts';

/** Of one chunk. */
export const mostLines = 1000;

export const ChunkListSchema = Type.Object(
	{
		inputs: Type.Integer({description: 'In all chunks'}),
		chunks: Type.Array(
			Type.Object({
				first: Type.Integer({description: 'The number of its first input; the first of all is 0'}),
				count: Type.Integer({description: 'How many inputs it has'}),
				answer: Type.Union([ReceiptSchema, Type.Object({failure: FailureSchema})]),
			}),
		),
	},
	{$id: 'ChunkList'},
);

/** What one line of a chunk came to. */
export type LineOutcome<R = unknown> = {readonly value: R} | {readonly failure: Static<typeof FailureSchema>};
export type ChunkList = Static<typeof ChunkListSchema>;
