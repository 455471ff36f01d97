import {foreignDuring, mostForeign} from './cpu.ts';
import type {Run} from './stats.ts';

export type Scenario = {readonly name: string; run(): Promise<Run>};

/** A run of every scenario, in the same minute on the same machine. */
export type Round = {readonly runs: Readonly<Record<string, Run>>; readonly foreign: number};

/** A round in which others used the machine is made again, at most so often. */
const mostTries = 3;

/** Runs all scenarios one after the other; the raw ceiling stands among them, so a ratio compares neighbours. */
export async function runRound(scenarios: readonly Scenario[], say: (line: string) => void): Promise<Round> {
	let dirty: Round | undefined;
	for (let tries = 0; tries < mostTries; tries++) {
		const round = await once(scenarios, say);
		if (round.foreign <= mostForeign) return round;
		say(`  void: others used ${Math.round(round.foreign * 100)} % of the machine`);
		if (!dirty || round.foreign < dirty.foreign) dirty = round;
	}
	say('  no clean round was to be had; the least dirty one is kept and marked');
	return dirty ?? {runs: {}, foreign: 1};
}

async function once(scenarios: readonly Scenario[], say: (line: string) => void): Promise<Round> {
	const runs: Record<string, Run> = {};
	let foreign = 0;
	for (const scenario of scenarios) {
		const {name} = scenario;
		const {value, foreign: share} = await foreignDuring(() => scenario.run());
		runs[name] = value;
		foreign = Math.max(foreign, share);
		say(
			`  ${name.padEnd(18)} ${Math.round(value.rate)}/s  p50 ${value.p50.toFixed(2)} ms  p99 ${value.p99.toFixed(2)} ms`,
		);
	}
	return {runs, foreign};
}
