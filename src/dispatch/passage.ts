// What takes an attempt to another area is given, and how that ends.
import type {Build} from '#contract/build.ts';
import type {OutcomeItem} from '#contract/outcome.ts';
import type {Clock} from '#lib/clock.ts';
import type {Placement} from '#runtime/runtime.ts';
import type {Peer} from './peer.ts';

export type CrossingEnd =
	| {
			readonly how: 'ended';
			readonly item: Pick<OutcomeItem, 'startedAt' | 'endedAt' | 'failure' | 'usage'>;
			readonly result?: Buffer;
			readonly logs?: Buffer;
	  }
	| {
			readonly how: 'back';
			readonly why: string;
			/** It may have run there. */
			readonly again: boolean;
			/** What should not be handed there for a while: anything, or anything of this function. */
			readonly rest?: 'area' | 'function';
	  }
	/** This home decides nothing any more. */
	| {readonly how: 'left'};

export type CrossingParts = {
	readonly clock: Clock;
	readonly peer: Peer;
	readonly placement: Placement;
	/** The name of this area there: the key of an attempt is `<own>.<task>.<attempt>`. */
	readonly own: string;
	/** How long the area may be silent, or let it wait. */
	readonly patienceMs: number;
	readonly build: (digest: string) => Promise<Build | undefined>;
	/** Keeps it there; those who ask for the same at a time share the answer. */
	readonly deploy: Peer['deploy'];
	/** The area has it for good. */
	readonly taken: () => void;
	/** It runs there. */
	readonly started: () => void;
	/** Aborted: somebody has ended the task here. */
	readonly stopped: AbortSignal;
	readonly over: AbortSignal;
};
