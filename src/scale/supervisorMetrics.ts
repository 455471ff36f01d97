import type {Metrics} from '#observe/observe.ts';
import type {Supervisors} from './supervisors.ts';

/** Sets what is asked for now and then: how many workers supervisors should have, have, and fail to start. */
export function gaugesOf({scaleWanted, scaleRunning, scaleFailures}: Metrics, supervisors: Supervisors) {
	return async (): Promise<void> => {
		for (const gauge of [scaleWanted, scaleRunning, scaleFailures]) gauge.reset();
		for (const pool of new Set(supervisors.list().map(one => one.pool))) {
			const keepers = supervisors.keepers(pool);
			const failures = keepers.map(({trouble}) => trouble?.failures ?? 0);
			scaleWanted.set({pool}, sum(keepers.map(({wanted}) => wanted ?? 0)));
			scaleRunning.set({pool}, sum(keepers.map(({running}) => running)));
			scaleFailures.set({pool}, Math.max(0, ...failures));
		}
	};
}

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
