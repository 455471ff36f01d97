import type {Failure} from '#actors/failure.ts';
import type {Policy} from '#actors/policy.ts';
import type {Build} from '#contract/build.ts';
import type {Deploy} from '#contract/function.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Home} from '#runtime/home.ts';
import type {Autoscaler} from '#scale/autoscaler.ts';
import type {Scaler} from '#scale/scaler.ts';
import {StoreTrouble} from '#store/store.ts';
import type {Answer} from './api.ts';

/** What the verbs work with. */
export type Desk = {
	readonly ambient: Ambient;
	readonly home: Home;
	readonly scaler: Scaler;
	readonly autoscaler: Pick<Autoscaler, 'explain'>;
	/** Makes one self-contained JavaScript module of what was deployed. */
	readonly compile: (
		request: Deploy,
	) => Promise<{readonly code: Buffer; readonly map: Buffer | null} | {readonly failure: Failure}>;
	/** Loads a build in an executor; a failure says what is wrong with the code. */
	readonly check: (build: Build) => Promise<Failure | undefined>;
	/** For functions whose deployment says nothing else. */
	readonly policy: Policy;
	readonly limits: {readonly payloadBytes: number};
	/** Makes time-ordered ids. */
	readonly id: () => string;
	readonly about: {
		readonly version: string;
		readonly broker: string;
		readonly store: string;
		readonly startedAt: number;
	};
};

export const yes = <T>(value: T): Answer<T> => ({ok: true, value});
export const no = (failure: Failure): {readonly ok: false; readonly failure: Failure} => ({
	ok: false,
	failure,
});

/** A store that can't be read now is something a caller can act on. */
export async function answered<T>(work: Promise<Answer<T>>): Promise<Answer<T>> {
	try {
		return await work;
	} catch (error) {
		if (error instanceof StoreTrouble) return no(error.failure);
		throw error;
	}
}
