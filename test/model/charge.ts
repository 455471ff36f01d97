// Who pays for how an attempt ended, and what is left then: `actors/charge.ts`, said once more.
import type {Behaviour, Model, TaskSpec} from './model.ts';
import type {Blame, Row} from './state.ts';

/** What the function does at an attempt. */
export const doesAt = ({does, turns}: TaskSpec, attempt: number): Behaviour => turns?.[attempt] ?? does;

/** Null: it ended well. */
export function blameOf(spec: TaskSpec, attempt: number): Blame | null {
	switch (doesAt(spec, attempt)) {
		case 'ok':
			return null;
		case 'fail1':
			return attempt > 1 ? null : 'user';
		case 'unlucky':
			return 'warren';
		case 'refused':
			return 'caller';
		case 'poison':
			return 'crash';
		default:
			return 'user';
	}
}

/** Nobody pays for what the infrastructure lost. */
export const isCharged = (blame: Blame): boolean => blame !== 'warren';

/** Before the row counts this failure. */
export function hasAttemptsLeft({config}: Model, spec: TaskSpec, row: Row, blame: Blame): boolean {
	const {maxAttempts = 2} = spec;
	const {infraAttempts = 2} = config;
	switch (blame) {
		case 'user':
			return row.charged + 1 < maxAttempts;
		case 'crash':
			return row.charged + 1 < Math.max(maxAttempts, infraAttempts);
		case 'warren':
			return row.losses + 1 < infraAttempts;
		case 'caller':
			return false;
	}
}
