// What a worker would say, said by the test.
import {type FailureCode, fail} from '#actors/failure.ts';
import type {ClaimMessage} from '#contract/claim.ts';
import {messageTypes} from '#contract/work.ts';
import {encodeFrame} from '#lib/frame.ts';
import type {Outgoing} from '#transport/transport.ts';
import {usage} from './scripted.ts';

type Ended = {
	readonly task: string;
	readonly attempt: number;
	readonly failure?: FailureCode;
	readonly result?: unknown;
	/** Executors that died of its version. */
	readonly deaths?: number;
};

/** An outcome, to the inbox of a home (or another queue). */
export function outcome(
	queue: string,
	{task, attempt, failure, result = null, deaths}: Ended,
	silent = false,
): Outgoing {
	const item = {
		...{id: `w0.${task}.${attempt}`, task, attempt, function: 'fib', startedAt: 1, endedAt: 2},
		failure: failure ? fail(failure) : null,
		usage: silent ? null : {...usage, worker: 'w0'},
		...(deaths !== undefined && {deaths}),
	};
	return {
		...{exchange: '', key: queue, properties: {type: messageTypes.outcomes}},
		body: encodeFrame({worker: 'w0', items: [item]}, [
			failure ? undefined : JSON.stringify(result),
			undefined,
		]),
	};
}

let asked = 0;

/** A claim; its answer comes to the ear of worker `w0`. */
export function claim(
	queue: string,
	more: Partial<ClaimMessage> & Pick<ClaimMessage, 'task' | 'attempt'>,
): Outgoing {
	const body = {id: `w0.${++asked}`, worker: 'w0', copy: 'n1.1.1', redelivered: true, alone: false, ...more};
	return {
		...{exchange: '', key: queue, properties: {type: messageTypes.claim}},
		body: Buffer.from(JSON.stringify(body)),
	};
}
