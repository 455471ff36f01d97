import type {Round} from './rounds.ts';
import {median, type Run} from './stats.ts';

/** A ratio over the rounds, and what is wanted of it. */
export type Ratio = {
	readonly median: number;
	readonly least: number;
	readonly most: number;
	readonly wanted: number;
	readonly better: 'more' | 'less';
};

type Rule = {
	readonly ours: string;
	readonly raw: string;
	readonly of: 'rate' | 'p50';
	readonly wanted: number;
};

const rules: Readonly<Record<string, Rule>> = {
	closedLoop64Api: {ours: 'apiLoop64', raw: 'rawLoop64', of: 'rate', wanted: 0.5},
	closedLoop64: {ours: 'restLoop64', raw: 'rawLoop64', of: 'rate', wanted: 0.35},
	closedLoop64Amqp: {ours: 'amqpLoop64', raw: 'rawLoop64', of: 'rate', wanted: 0.35},
	batch10k: {ours: 'apiBatch10k', raw: 'rawBatch10k', of: 'rate', wanted: 0.7},
	syncP50: {ours: 'restOne', raw: 'rawOne', of: 'p50', wanted: 3},
	embedded64: {ours: 'embeddedLoop64', raw: 'rawLoop64', of: 'rate', wanted: 1.5},
	embeddedP50: {ours: 'embeddedOne', raw: 'rawOne', of: 'p50', wanted: 1},
};

/** Each ratio is formed within its round; what is reported is the median of the rounds. */
export function ratiosOf(rounds: readonly Round[]): {
	ratios: Record<string, number>;
	spread: Record<string, Ratio>;
} {
	const spread: Record<string, Ratio> = {};
	for (const [name, rule] of Object.entries(rules)) {
		const values = rounds.map(({runs}) => figure(runs[rule.ours], rule.of) / figure(runs[rule.raw], rule.of));
		spread[name] = {
			median: median(values),
			least: Math.min(...values),
			most: Math.max(...values),
			wanted: rule.wanted,
			better: rule.of === 'rate' ? 'more' : 'less',
		};
	}
	return {
		ratios: Object.fromEntries(Object.entries(spread).map(([name, ratio]) => [name, ratio.median])),
		spread,
	};
}

const figure = (run: Run | undefined, of: 'rate' | 'p50'): number => run?.[of] ?? Number.NaN;
