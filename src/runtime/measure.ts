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
	const labels = {function: row.function};
	if (failure) metrics.failures.inc({function: row.function, code: failure.code});
	if (row.endedAt !== null) metrics.totalSeconds.observe(labels, (row.endedAt - row.createdAt) / 1000);
	if (!usage) return;
	dispatch.measured(row.version, usage.runMs / (row.chunk ?? 1));
	metrics.queueSeconds.observe(labels, Math.max(0, startedAt - row.createdAt) / 1000);
	metrics.runSeconds.observe(labels, usage.runMs / 1000);
	if (!usage.cold) return;
	metrics.initSeconds.observe(labels, usage.initMs / 1000);
	metrics.coldStarts.inc(labels);
}
