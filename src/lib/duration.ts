// Spans of time as people write them: "500ms", "30s", "5m", "2h", "7d", "1.5s".

const unitMs = {ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000} as const;

/** The span in ms, or undefined if the text is not a span. */
export function parseDuration(text: string): number | undefined {
	const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text.trim());
	if (!match) return undefined;
	const ms = Math.round(Number(match[1]) * unitMs[match[2] as keyof typeof unitMs]);
	return Number.isSafeInteger(ms) ? ms : undefined;
}

/** The largest unit that is not smaller than the span, with at most one decimal: "1.5s", "340ms", "2h". */
export function formatDuration(ms: number): string {
	for (const unit of ['d', 'h', 'm', 's'] as const) {
		if (ms >= unitMs[unit]) return `${Math.round((ms / unitMs[unit]) * 10) / 10}${unit}`;
	}
	return `${Math.round(ms)}ms`;
}
