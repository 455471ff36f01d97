// Loads for the simulation: made by a formula, or recorded (traces/*.csv say where). The dice are seeded, so
// that a trace is the same every time.
import {readFileSync} from 'node:fs';

export type Trace = {
	readonly name: string;
	/** Tasks that come in each second. */
	readonly perSecond: readonly number[];
	/** Mean and spread of how long a task takes its slot; log-normal. By the second at which it comes. */
	readonly run: {readonly meanMs: number | ((second: number) => number); readonly sigma: number};
	/** The most workers that its pool may have. */
	readonly max: number;
};

const minutes = (count: number, rate: (second: number) => number): number[] =>
	Array.from({length: count * 60}, (_, second) => rate(second));

const short = {meanMs: 200, sigma: 0.5};

export const traces: readonly Trace[] = [
	{
		name: 'steady',
		perSecond: minutes(20, () => 40),
		run: short,
		max: 20,
	},
	{
		name: 'step',
		perSecond: minutes(30, at => (at >= 300 && at < 1200 ? 80 : 10)),
		run: short,
		max: 20,
	},
	{
		name: 'ramp',
		perSecond: minutes(30, at => 2 + Math.min(at, 1200) / 10),
		run: short,
		max: 20,
	},
	{
		name: 'spike',
		perSecond: minutes(20, at => (at >= 300 && at < 310 ? 400 : 10)),
		run: short,
		max: 20,
	},
	{
		name: 'diurnal',
		perSecond: minutes(60, at => 40 - 38 * Math.cos((at / 1800) * 2 * Math.PI)),
		run: short,
		max: 20,
	},
	{
		name: 'idle, burst, idle, burst',
		perSecond: minutes(15, at => (at % 420 >= 180 && at % 420 < 190 ? 200 : 0)),
		run: short,
		max: 20,
	},
	{
		name: 'short, then longer tasks',
		perSecond: minutes(30, at => (at < 600 ? 200 : 25)),
		run: {meanMs: second => (second < 600 ? 20 : 400), sigma: 0.5},
		max: 20,
	},
	{
		name: 'long tasks',
		perSecond: minutes(40, at => (at >= 300 && at < 1200 ? 0.5 : 0.05)),
		run: {meanMs: 30_000, sigma: 0.5},
		max: 20,
	},
	{
		name: 'fluctuating (Azure)',
		perSecond: recorded('azure-fluctuating.csv'),
		run: {meanMs: 500, sigma: 1},
		max: 30,
	},
	{
		name: 'rare (Azure)',
		perSecond: recorded('azure-rare.csv'),
		run: {meanMs: 2000, sigma: 1},
		max: 4,
	},
];

/** Counts a minute, spread evenly over its seconds. */
function recorded(file: string): number[] {
	const text = readFileSync(new URL(`traces/${file}`, import.meta.url), 'utf8');
	const counts = text.split('\n').filter(line => line !== '' && !line.startsWith('#'));
	return counts.flatMap(count => Array.from({length: 60}, () => Number(count) / 60));
}

/** The moments at which tasks come: a Poisson process with the rates of the trace. */
export function arrivalsOf({perSecond}: Trace, dice: () => number): number[] {
	const moments: number[] = [];
	const end = perSecond.length * 1000;
	// By thinning, so that a rate of nothing takes no time at all.
	const most = Math.max(...perSecond) / 1000;
	for (let at = gap(most, dice); at < end; at += gap(most, dice)) {
		if (dice() * most < (perSecond[Math.floor(at / 1000)] ?? 0) / 1000) moments.push(at);
	}
	return moments;
}

const gap = (perMs: number, dice: () => number) => -Math.log(1 - dice()) / perMs;

/** How long tasks take: log-normal, each by its number. */
export function runsOf(
	{run: {meanMs, sigma}}: Trace,
	arrivals: readonly number[],
	dice: () => number,
): Float64Array {
	const mean = (at: number) => (typeof meanMs === 'number' ? meanMs : meanMs(at / 1000));
	const normal = () => Math.sqrt(-2 * Math.log(1 - dice())) * Math.cos(2 * Math.PI * dice());
	return Float64Array.from(arrivals, at => Math.exp(Math.log(mean(at)) - sigma ** 2 / 2 + sigma * normal()));
}
