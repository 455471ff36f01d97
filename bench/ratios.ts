import type {Round} from './rounds.ts';
import {median, type Run} from './stats.ts';

/** A ratio over the rounds, and what is wanted of it. */
export type Ratio = {
	readonly door: Door;
	readonly median: number;
	readonly least: number;
	readonly most: number;
	readonly wanted: number;
	readonly better: 'more' | 'less';
};

/** `Api`: in the server's process. */
type Door = 'Api' | 'REST' | 'AMQP';

type Rule = {
	readonly door: Door;
	readonly ours: string;
	readonly raw: string;
	readonly of: 'rate' | 'p50';
	readonly wanted: number;
};

const rules: Readonly<Record<string, Rule>> = {
	closedLoop64Api: {door: 'Api', ours: 'apiLoop64', raw: 'rawLoop64', of: 'rate', wanted: 0.5},
	closedLoop64: {door: 'REST', ours: 'restLoop64', raw: 'rawLoop64', of: 'rate', wanted: 0.35},
	closedLoop64Amqp: {door: 'AMQP', ours: 'amqpLoop64', raw: 'rawLoop64', of: 'rate', wanted: 0.35},
	batch10k: {door: 'Api', ours: 'apiBatch10k', raw: 'rawBatch10k', of: 'rate', wanted: 0.7},
	syncP50: {door: 'REST', ours: 'restOne', raw: 'rawOne', of: 'p50', wanted: 3},
	embedded64: {door: 'Api', ours: 'embeddedLoop64', raw: 'rawLoop64', of: 'rate', wanted: 1.5},
	embeddedP50: {door: 'Api', ours: 'embeddedOne', raw: 'rawOne', of: 'p50', wanted: 1},
};

/**
 * Each ratio is formed within its round; what is reported is the median of the rounds that are not void, of all where
 * all are (`voidRounds` says so).
 */
export function ratiosOf(rounds: readonly Round[]): {
	ratios: Record<string, number>;
	spread: Record<string, Ratio>;
	voidRounds: number;
} {
	const clean = rounds.filter(({isVoid}) => !isVoid);
	const counted = clean.length > 0 ? clean : rounds;
	const spread: Record<string, Ratio> = {};
	for (const [name, rule] of Object.entries(rules)) {
		const values = counted.map(
			({runs}) => figure(runs[rule.ours], rule.of) / figure(runs[rule.raw], rule.of),
		);
		spread[name] = {
			door: rule.door,
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
		voidRounds: rounds.length - clean.length,
	};
}

const figure = (run: Run | undefined, of: 'rate' | 'p50'): number => run?.[of] ?? Number.NaN;
