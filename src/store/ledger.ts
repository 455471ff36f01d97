// Every database keeps a ledger of the steps that gave it its shape: number, name, checksum. Steps only
// go forward, and one that was released is never edited.
import {createHash} from 'node:crypto';
import {unavailable} from './unavailable.ts';

export type Migration = {readonly name: string; readonly sql: string};

/** A line of the ledger. */
export type Applied = {readonly number: number; readonly name: string; readonly checksum: string};

/**
 * The steps that a database lacks.
 * @throws StoreTrouble when it is newer than this program, or was made by steps that differ from ours
 */
export function missingSteps(
	applied: readonly Applied[],
	steps: readonly Migration[],
	place: string,
): readonly Migration[] {
	for (const {number, name, checksum: found} of applied) {
		const step = steps[number - 1];
		if (!step) {
			throw unavailable(
				`${place} was written by a newer Warren: it has migration ${number} (${name}), this one knows ` +
					`${steps.length}. Start a Warren that knows it, or name another place in \`store.url\``,
			);
		}
		if (found !== checksum(step)) {
			throw unavailable(
				`${place} was made by a Warren whose migration ${number} (${name}) differs from this one's ` +
					`(${found} there, ${checksum(step)} here): start the Warren that made it`,
			);
		}
	}
	return steps.slice(applied.length);
}

export const checksum = (step: Migration): string =>
	createHash('sha256').update(step.sql).digest('hex').slice(0, 16);
