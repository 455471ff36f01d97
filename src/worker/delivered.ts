// A work message as a worker reads it.
import {checkWork, type Work, type WorkItem} from '#contract/work.ts';
import {decodeFrame} from '#lib/frame.ts';
import type {Delivery} from '#transport/transport.ts';

export type Attempt = {readonly item: WorkItem; readonly input: Buffer};

export type Delivered = {readonly work: Work; readonly attempts: readonly Attempt[]};

/** `why`: it is none. */
export function readWork({body}: Delivery): Delivered | {readonly why: string} {
	try {
		const {head, bodies} = decodeFrame<unknown>(body);
		const checked = checkWork(head);
		if (!checked.ok) return {why: checked.why};
		const {items} = checked.value;
		if (items.length > 1 && items.some(({chunk}) => chunk !== undefined))
			return {why: 'expected a chunk to be alone in its list'};
		if (bodies.length !== items.length) return {why: 'expected one body for each attempt'};
		return {
			work: checked.value,
			attempts: items.map((item, at) => ({item, input: bodies[at] ?? Buffer.from('null')})),
		};
	} catch (error) {
		return {why: String(error)};
	}
}
