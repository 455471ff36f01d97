// What stands between hostile functions and the host, and how to take it away: texts of the source that
// are replaced by others. What stands there instead is what would be there had nobody thought of it, never a
// hole that nobody would make. Without a guard at least one of the cases it names must fail (`npm run hostile --
// guards` shows it); docs/hostile.md is printed from the lists.
type Change = readonly [text: string, without: string];

export type Guard = {
	readonly family: string;
	/** What it does, as the end of «Warren …». */
	readonly does: string;
	readonly file: string;
	/** Each text stands once in the file, and is replaced by what stands behind it. */
	readonly changes: readonly Change[];
	/** Where a second wall stands behind it, that goes too. */
	readonly behind?: {readonly file: string; readonly changes: readonly Change[]};
	/** At least one of these must fail without it. */
	readonly cases: readonly string[];
};
