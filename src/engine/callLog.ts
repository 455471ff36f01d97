/** The lines of one call: what the guest caps (guest/console.ts) is capped here again, for it may be forged. */
export type CallLog = {
	add(at: unknown, level: unknown, text: unknown): void;
	/** The lines as a JSON array, with a last line that says what was cut; undefined if there are none. Starts anew. */
	take(cutLines: number, cutCharacters: number): Buffer | undefined;
};

type Line = {readonly at: number; readonly level: string; readonly text: string};

const levels: readonly unknown[] = ['debug', 'info', 'warn', 'error'];
export const mostLines = 1000;
export const mostCharacters = 64 * 1024;

export function createCallLog(now: () => number): CallLog {
	let lines: Line[] = [];
	let characters = 0;

	return {
		add(at, level, text) {
			if (typeof at !== 'number' || typeof text !== 'string' || !levels.includes(level)) return;
			if (lines.length >= mostLines || characters + text.length > mostCharacters) return;
			lines.push({at, level: level as string, text});
			characters += text.length;
		},
		take(cutLines, cutCharacters) {
			if (lines.length === 0) return undefined;
			if (cutLines > 0) lines.push({at: now(), level: 'warn', text: cutText(cutLines, cutCharacters)});
			const json = Buffer.from(JSON.stringify(lines));
			lines = [];
			characters = 0;
			return json;
		},
	};
}

export function cutText(lines: number, characters: number): string {
	const what = `${lines} more lines (${characters} characters) were cut`;
	return `${what}: one attempt may print ${mostLines} lines and ${mostCharacters} characters`;
}
