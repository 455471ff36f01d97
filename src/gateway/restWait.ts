// Requests that wait: bounded by the door, given up when their client goes away, and let go when the
// door closes. Nothing is left behind by a wait that is over.
import type {FastifyReply} from 'fastify';
import {formatDuration, parseDuration} from '#lib/duration.ts';
import {invalid} from './restProblem.ts';

export type Waits = {
	/** How long a request wants to wait, in ms. @throws Refusal when it is no span or longer than allowed */
	span(text: string | undefined, otherwise: number): number;
	/** Calls `giveUp` when the client has gone or the door closes, until the returned function is called. */
	begin(reply: FastifyReply, giveUp: () => void): () => void;
	/** Lets all go. */
	end(): void;
	readonly size: number;
};

export function createWaits(mostWaitMs: number): Waits {
	const open = new Set<() => void>();
	let closed = false;
	return {
		span(text, otherwise) {
			if (text === undefined) return Math.min(otherwise, mostWaitMs);
			const ms = parseDuration(text);
			if (ms === undefined) throw invalid(`Expected \`wait\` to be a span like \`30s\`, got \`${text}\``);
			if (ms <= mostWaitMs) return ms;
			throw invalid(`Expected \`wait\` to be at most ${formatDuration(mostWaitMs)}, got \`${text}\``);
		},
		begin(reply, giveUp) {
			open.add(giveUp);
			reply.raw.once('close', giveUp);
			if (closed) giveUp();
			return () => {
				open.delete(giveUp);
				reply.raw.off('close', giveUp);
			};
		},
		end() {
			closed = true;
			for (const giveUp of open) giveUp();
		},
		get size() {
			return open.size;
		},
	};
}
