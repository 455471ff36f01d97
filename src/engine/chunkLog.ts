import {cutText, mostCharacters, mostLines} from './callLog.ts';

/** What the lines of a chunk print, in all its sandboxes: no more together than one call may. */
export type ChunkLog = {
	/** @param logs as a call's: a JSON array of lines */
	add(logs: Buffer): void;
	/** All of them as one such array, with a last line that says what was cut; undefined if there are none. */
	take(): Buffer | undefined;
};

type Line = {readonly text: string};

export function createChunkLog(now: () => number): ChunkLog {
	const kept: Line[] = [];
	let characters = 0;
	const cut = {lines: 0, characters: 0};

	return {
		add(logs) {
			for (const line of JSON.parse(logs.toString()) as Line[]) {
				const {length} = line.text;
				const fits = kept.length < mostLines && characters + length <= mostCharacters;
				if (fits) {
					kept.push(line);
					characters += length;
				} else {
					cut.lines += 1;
					cut.characters += length;
				}
			}
		},
		take() {
			if (kept.length === 0) return undefined;
			const last = {at: now(), level: 'warn', text: cutText(cut.lines, cut.characters)};
			return Buffer.from(JSON.stringify(cut.lines > 0 ? [...kept, last] : kept));
		},
	};
}
