// What homes count for the metrics, outcome by outcome.
import type {OutcomeItem} from '#contract/outcome.ts';
import type {Ambient} from '#observe/observe.ts';
import type {TaskRow} from '#store/store.ts';
import type {Dispatch} from './runtime.ts';

/** An outcome was committed. */
export function measure(
	{metrics}: Ambient,
	dispatch: Dispatch,
	row: TaskRow,
	{failure, usage, startedAt}: OutcomeItem,
): void {
	const {function: fn} = row;
	if (failure) metrics.failures.inc({function: fn, code: failure.code});
	if (row.endedAt !== null) metrics.totalSeconds.observe(fn, (row.endedAt - row.createdAt) / 1000);
	if (!usage) return;
	// Of a chunk that failed nobody knows how many of its lines ran.
	if (row.chunk === null || !failure) dispatch.measured(row.version, usage.runMs / (row.chunk ?? 1));
	metrics.queueSeconds.observe(fn, Math.max(0, startedAt - row.createdAt) / 1000);
	metrics.runSeconds.observe(fn, usage.runMs / 1000);
	if (!usage.cold) return;
	metrics.initSeconds.observe(fn, usage.initMs / 1000);
	metrics.coldStarts.inc({function: fn});
}
