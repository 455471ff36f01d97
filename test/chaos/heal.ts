import type {TaskView} from '#contract/task.ts';

/**
 * How long after a blow the last task was over that was open while it lasted: what it delayed, what had to
 * be sent again, what was only seen to be missing. ms; null: nothing was open then.
 */
export function heal(
	blow: {readonly at: number; readonly until: number},
	views: readonly TaskView[],
): number | null {
	const caught = views.filter(
		({createdAt, endedAt}) => createdAt <= blow.until && (endedAt === null || endedAt >= blow.at),
	);
	if (caught.length === 0) return null;
	const last = Math.max(...caught.map(({endedAt}) => endedAt ?? Number.POSITIVE_INFINITY));
	return Math.max(0, last - blow.until);
}
