/**
 * Another area, as a server of this one speaks to it: its tasks are ordinary tasks there.
 *
 * - The same key is the same task there, however often it is submitted.
 * - What the area refuses is answered as a failure, and nothing of it is left there.
 * - What gets no answer rejects with `PeerAway`, which says whether the area may have heard it.
 */
import type {Failure} from '#actors/failure.ts';
import type {Build} from '#contract/build.ts';
import type {SubmitOptions, TaskView} from '#contract/task.ts';

export type Peer = {
	readonly area: string;
	submit(
		errand: PeerErrand,
		signal: AbortSignal,
	): Promise<{readonly task: string} | {readonly refused: Failure}>;
	/** Keeps a version there, beside the live one if there is one. */
	deploy(build: Build, signal: AbortSignal): Promise<Failure | undefined>;
	/** The task once it has ended, or as it is after `waitMs`; undefined: there is no such task. */
	look(task: string, waitMs: number, signal: AbortSignal): Promise<TaskView | undefined>;
	/** The JSON text it returned. */
	result(task: string, signal: AbortSignal): Promise<Buffer>;
	/** What its last attempt printed: a JSON array of lines. */
	logs(task: string, signal: AbortSignal): Promise<Buffer | undefined>;
	/** It ends there, or has ended. */
	cancel(task: string, signal: AbortSignal): Promise<void>;
};

export type PeerErrand = {
	readonly function: string;
	readonly input: Buffer;
	readonly options: SubmitOptions;
};

/** No answer came. */
export class PeerAway extends Error {
	override readonly name = 'PeerAway';
	/** The area may have heard it. */
	readonly sent: boolean;

	constructor(message: string, sent: boolean, options?: ErrorOptions) {
		super(message, options);
		this.sent = sent;
	}
}
