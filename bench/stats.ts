/** The middle value; the mean of the two middle ones where there is an even number. */
export function median(values: readonly number[]): number {
	const sorted = values.toSorted((a, b) => a - b);
	const middle = sorted.length / 2;
	const low = sorted[Math.ceil(middle) - 1] ?? Number.NaN;
	const high = sorted[Math.floor(middle)] ?? Number.NaN;
	return (low + high) / 2;
}

/** @param share in [0, 1] */
export function quantile(values: readonly number[], share: number): number {
	const sorted = values.toSorted((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** What one run of a scenario gave: calls per second, and the milliseconds of each call. */
export type Run = {readonly rate: number; readonly p50: number; readonly p99: number; readonly calls: number};

export function runOf(startedAt: number, endedAt: number, times: readonly number[]): Run {
	return {
		rate: (times.length / (endedAt - startedAt)) * 1000,
		p50: quantile(times, 0.5),
		p99: quantile(times, 0.99),
		calls: times.length,
	};
}

/** Runs of one scenario as one: all calls over all of their time, and the middle one of their quantiles. */
export function together(runs: readonly Run[]): Run {
	const calls = runs.reduce((sum, run) => sum + run.calls, 0);
	const seconds = runs.reduce((sum, run) => sum + run.calls / run.rate, 0);
	return {
		calls,
		rate: calls / seconds,
		p50: median(runs.map(({p50}) => p50)),
		p99: median(runs.map(({p99}) => p99)),
	};
}
