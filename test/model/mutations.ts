// Plausible mistakes, by rule. If one of these goes unnoticed, "nothing found" says nothing. Of each rule there is
// one, or it stands among those that save only work.
import {brokerMutations} from './brokerMutations.ts';
import type {Counts} from './model.ts';
import type {Mutation} from './mutation.ts';
import type {Rules} from './rules.ts';
import {storeMutations} from './storeMutations.ts';

export const mutations: readonly Mutation[] = [...storeMutations, ...brokerMutations];

/** Off, they violate nothing: attempts run that are over already, or at two workers at once. What they count then. */
export const wasteful: Partial<Record<keyof Rules, keyof Counts>> = {
	tomb: 'startedAfterOver',
	dispatchIfMine: 'twins',
	placeCommits: 'twins',
	rosterExpiry: 'expiredWhileRunning',
};

/** Off, they cost nothing that the walks could count, and why. */
export const harmless: Partial<Record<keyof Rules, string>> = {
	apart: 'a row is judged by its revision; decisions are saved that would lose',
	ackAfterEffects: 'the row is the heir of its effects',
	orderedClaim: 'a claim before its outcome is granted once more, and what comes of it is stale',
	fallback: 'the audit dispatches again what never came back, a few seconds later',
};
