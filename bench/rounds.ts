import {foreignDuring, mostForeign} from './cpu.ts';
import {type Run, together} from './stats.ts';

export type Scenario = {
	readonly name: string;
	/**
	 * In so many runs it is made, in turn with the others; 1 unless given. Where a system stands on a busy
	 * machine changes within seconds (which processes share a processor): one caller's p50 went from 3.5 to 5.5 ms
	 * and back while the raw echo's stayed at 1.6, so that a single run says more of its moment than of Warren.
	 */
	readonly slices?: number;
	run(): Promise<Run>;
};

/** A run of every scenario, in the same minute on the same machine. Void: others used too much of it meanwhile. */
export type Round = {
	readonly runs: Readonly<Record<string, Run>>;
	readonly foreign: number;
	readonly isVoid: boolean;
};

/** A round in which others used the machine is made again, at most so often. */
const mostTries = 3;

/** Runs all scenarios one after the other; the raw ceiling stands among them, so a ratio compares neighbours. */
export async function runRound(scenarios: readonly Scenario[], say: (line: string) => void): Promise<Round> {
	let dirty: Round | undefined;
	for (let tries = 0; tries < mostTries; tries++) {
		const round = await once(scenarios, say);
		if (!round.isVoid) return round;
		say(`  void: others used ${Math.round(round.foreign * 100)} % of the machine`);
		if (!dirty || round.foreign < dirty.foreign) dirty = round;
	}
	say('  no clean round was to be had; the least dirty one is kept, void');
	return dirty ?? {runs: {}, foreign: 1, isVoid: true};
}

async function once(scenarios: readonly Scenario[], say: (line: string) => void): Promise<Round> {
	const parts = new Map<string, Run[]>();
	let foreign = 0;
	for (let turn = 0; turn < Math.max(...scenarios.map(slicesOf)); turn++) {
		const {foreign: share} = await foreignDuring(async () => {
			for (const scenario of scenarios.filter(one => turn < slicesOf(one))) {
				parts.set(scenario.name, [...(parts.get(scenario.name) ?? []), await scenario.run()]);
			}
		});
		foreign = Math.max(foreign, share);
	}
	const runs = Object.fromEntries([...parts].map(([name, all]) => [name, together(all)]));
	for (const [name, {rate, p50, p99}] of Object.entries(runs)) {
		say(`  ${name.padEnd(18)} ${Math.round(rate)}/s  p50 ${p50.toFixed(2)} ms  p99 ${p99.toFixed(2)} ms`);
	}
	return {runs, foreign, isVoid: foreign > mostForeign};
}

const slicesOf = ({slices = 1}: Scenario): number => slices;
