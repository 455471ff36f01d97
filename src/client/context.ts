/**
 * What a function is given beside its input: `export default (input, ctx: Context) => …`.
 * A task may run more than once; `task` stays the same, so it can make effects idempotent.
 */
export type Context = {
	readonly task: string;
	/** Counts the tries; grows with every retry and redrive. */
	readonly attempt: number;
	/** The number of its input in its chunk, where it came in one (`map`): with `task` a key of its own. */
	readonly index?: number;
	/** When the task must be over, ms since the epoch. */
	readonly deadline: number | null;
	/** The function's own name. */
	readonly function: string;
	/** What it was deployed with. */
	readonly env: Readonly<Record<string, string>>;
	/** Lines that are kept with the task, like those of `console`. */
	readonly log: Readonly<
		Record<'debug' | 'info' | 'warn' | 'error', (...values: readonly unknown[]) => void>
	>;
};
