// Requests that wait: bounded by the door, given up when their client goes away, and let go when the
// door closes. Nothing is left behind by a wait that is over.
import type {FastifyReply} from 'fastify';
import {formatDuration, parseDuration} from '#lib/duration.ts';
import {invalid} from './restProblem.ts';

export type Waits = {
	/** How long a request wants to wait, in ms. @throws Refusal when it is no span or longer than allowed */
	span(text: string | undefined, otherwise: number): number;
	/** Aborted when the client has gone or the door closes. Call `done` when the wait is over. */
	begin(reply: FastifyReply): Wait;
	/** Lets all go. */
	end(): void;
	readonly size: number;
};

export type Wait = {readonly signal: AbortSignal; done(): void};

export function createWaits(mostWaitMs: number): Waits {
	const open = new Set<AbortController>();
	let closed = false;
	return {
		span(text, otherwise) {
			if (text === undefined) return Math.min(otherwise, mostWaitMs);
			const ms = parseDuration(text);
			if (ms === undefined) throw invalid(`Expected \`wait\` to be a span like \`30s\`, got \`${text}\``);
			if (ms <= mostWaitMs) return ms;
			throw invalid(`Expected \`wait\` to be at most ${formatDuration(mostWaitMs)}, got \`${text}\``);
		},
		begin(reply) {
			const control = new AbortController();
			open.add(control);
			if (closed) control.abort();
			const gone = () => control.abort();
			reply.raw.once('close', gone);
			return {
				signal: control.signal,
				done() {
					open.delete(control);
					reply.raw.off('close', gone);
				},
			};
		},
		end() {
			closed = true;
			for (const control of open) control.abort();
			open.clear();
		},
		get size() {
			return open.size;
		},
	};
}
