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
	readonly of: 'rate' | 'p50' | 'p99';
	readonly wanted: number;
};

const rule = (door: Door, ours: string, raw: string, of: Rule['of'], wanted: number): Rule => ({
	...{door, ours, raw, of, wanted},
});

const rules: Readonly<Record<string, Rule>> = {
	closedLoop64Api: rule('Api', 'apiLoop64', 'rawLoop64', 'rate', 2),
	closedLoop64: rule('REST', 'restLoop64', 'rawLoop64', 'rate', 1.2),
	closedLoop64Amqp: rule('AMQP', 'amqpLoop64', 'rawLoop64', 'rate', 0.75),
	batch10k: rule('Api', 'apiBatch10k', 'rawBatch10k', 'rate', 3),
	syncP50: rule('REST', 'restOne', 'rawOne', 'p50', 1.7),
	syncP99: rule('REST', 'restOne', 'rawOne', 'p99', 2),
	embeddedP50: rule('Api', 'embeddedOne', 'rawOne', 'p50', 0.35),
	embeddedRestP50: rule('REST', 'embeddedRestOne', 'rawOne', 'p50', 0.5),
	embedded64: rule('Api', 'embeddedLoop64', 'rawLoop64', 'rate', 5),
	embeddedRest64: rule('REST', 'embeddedRestLoop64', 'rawLoop64', 'rate', 2),
	batch10kEmbedded: rule('Api', 'embeddedBatch10k', 'rawBatch10k', 'rate', 7),
	map: rule('Api', 'map', 'rawBatch10k', 'rate', 10),
	mapEmbedded: rule('Api', 'mapEmbedded', 'rawBatch10k', 'rate', 28),
	fresh64: rule('Api', 'fresh64', 'isolates', 'rate', 0.7),
	freshP50: rule('Api', 'freshBurst', 'reuseBurst', 'p50', 1.5),
	payload10k: rule('Api', 'api10k', 'raw10k', 'rate', 0.8),
	payload1m: rule('Api', 'api1m', 'raw1m', 'rate', 0.5),
	cpu2: rule('Api', 'twoExecutors', 'oneCore', 'rate', 1.6),
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

const figure = (run: Run | undefined, of: Rule['of']): number => run?.[of] ?? Number.NaN;
