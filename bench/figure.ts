// What a bench says of what it measured in each of its rounds, and how that is shown.
import Table from 'cli-table3';
import type {Round} from './rounds.ts';
import {median, type Run} from './stats.ts';

/** Over the rounds; a ratio was formed within each of them. */
export type Figure = {
	readonly unit: string;
	readonly median: number;
	readonly least: number;
	readonly most: number;
	/** One of each round. */
	readonly values: readonly number[];
	/** Absent: nothing is wanted of it. */
	readonly wanted?: Wanted;
	/** By the median. */
	readonly met?: boolean;
};

export type Wanted = {readonly atLeast: number} | {readonly atMost: number};

export type Part = {
	readonly figures: Readonly<Record<string, Figure>>;
	/** The share of the machine that others used, at most. */
	readonly foreign: number;
	/** What must be known to read the figures. */
	readonly notes: readonly string[];
};

export function figure(values: readonly number[], unit: string, wanted?: Wanted): Figure {
	const middle = median(values);
	const spread = {unit, median: middle, least: Math.min(...values), most: Math.max(...values), values};
	if (!wanted) return spread;
	const met = 'atLeast' in wanted ? middle >= wanted.atLeast : middle <= wanted.atMost;
	return {...spread, wanted, met};
}

/** Of two scenarios of the same round. */
export const ratios = (rounds: readonly Round[], ours: string, of: keyof Run, base: string): number[] =>
	rounds.map(({runs}) => (runs[ours]?.[of] ?? Number.NaN) / (runs[base]?.[of] ?? Number.NaN));

export const figuresOf = (rounds: readonly Round[], name: string, of: keyof Run): number[] =>
	rounds.map(({runs}) => runs[name]?.[of] ?? Number.NaN);

export const dirtiest = (rounds: readonly {readonly foreign: number}[]): number =>
	Math.max(...rounds.map(({foreign}) => foreign));

/** The figures of all parts as a table, and below it what must be known to read them. */
export function print(parts: Readonly<Record<string, Part>>): void {
	console.log(tableOf(parts));
	for (const [name, {notes, foreign}] of Object.entries(parts)) {
		for (const note of [...notes, `others used at most ${Math.round(foreign * 100)} % of the machine`])
			console.log(`${name}: ${note}`);
	}
}

/** One line for each figure, under the name of the part that it belongs to. */
function tableOf(parts: Readonly<Record<string, Part>>): string {
	const head = ['', 'figure', 'median', 'from', 'to', 'wanted', ''];
	const table = new Table({head, style: {head: [], border: []}});
	for (const [name, {figures}] of Object.entries(parts)) {
		for (const [what, one] of Object.entries(figures)) {
			const {unit, wanted} = one;
			const shown = [one.median, one.least, one.most].map(value => `${rounded(value)} ${unit}`);
			const wish = wanted && ('atLeast' in wanted ? `≥ ${wanted.atLeast}` : `≤ ${wanted.atMost}`);
			table.push([name, what, ...shown, wish ? `${wish} ${unit}` : '', verdict(one.met)]);
		}
	}
	return table.toString();
}

function rounded(value: number): string {
	return value < 100 ? value.toFixed(2) : `${Math.round(value)}`;
}

function verdict(fits: boolean | undefined): string {
	if (fits === undefined) return '';
	return fits ? 'met' : 'missed';
}
