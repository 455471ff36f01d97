import {appendFile} from 'node:fs/promises';
import process from 'node:process';

/** The file in which a run of the tests keeps what it could not show as it should be. */
export const gapsVariable = 'WARREN_TEST_RUN_GAPS';

/** It is said at the end of the run: what was not shown, what was tried instead, and why. */
export async function noteGap(gap: string): Promise<void> {
	const file = process.env[gapsVariable];
	if (file) await appendFile(file, `${gap}\n`);
}
