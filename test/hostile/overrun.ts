// How late a call may end. Nowhere else does a test assert a bound in time: limits of time are what these are
// about, and what ends long after its limit was not held by it. The margins are for a machine of two cores that has
// ten times as much to do: there the latest call was 0.2 s behind its limit.
import type {Case} from './case.ts';
import type {Seen} from './seen.ts';

/** Beyond a limit of CPU time: the ticker's step, the end of the isolate. It stands while others have the core. */
const cpuMarginMs = 2000;
/** Beyond a limit of wall time: the same, and an executor that waits for a core before it can look. */
const wallMarginMs = 3000;
/**
 * Beyond a limit of wall time where the executor was killed, by the test's own clock: a second until a call
 * counts as stuck, the end of a process that holds a gigabyte, the start of another.
 */
const killMarginMs = 10_000;
/** It runs a second time, alone, where others were inside its executor. */
const mostRuns = 2;
/** A module may load for no less and no more, whatever its policy says (src/engine/isolateLoad.ts). */
const [leastLoadMs, longestLoadMs] = [2000, 10_000];

/** What is wrong with the times of a call or a deployment. */
export function overrunOf(one: Case, {atDeploy, tookMs, usage, failure}: Seen): string[] {
	const {wallMs, cpuMs} = one.policy;
	// Deployments are checked one after the other.
	if (atDeploy) return late(Math.min(Math.max(wallMs, leastLoadMs), longestLoadMs) * one.copies, tookMs);
	// What was killed with its executor nobody measured; of a list it may have been the last.
	if (!usage || usage.cpuMs === 0) return late(wallMs * one.together, tookMs);
	const wrong: string[] = [];
	if (failure?.code === 'TIMEOUT' && usage.runMs < wallMs)
		wrong.push(`ended for time after ${usage.runMs} ms of ${wallMs}`);
	if (failure?.code === 'CPU_LIMIT' && usage.cpuMs < cpuMs)
		wrong.push(`ended for CPU after ${usage.cpuMs} ms of ${cpuMs}`);
	const [mostRunMs, mostCpuMs] = [wallMs + wallMarginMs, Math.min(cpuMs, wallMs) + cpuMarginMs];
	if (usage.runMs > mostRunMs) wrong.push(`ran for ${usage.runMs} ms, at most ${mostRunMs} were expected`);
	if (usage.cpuMs > mostCpuMs)
		wrong.push(`used ${usage.cpuMs} ms of CPU, at most ${mostCpuMs} were expected`);
	return wrong;
}

function late(wallMs: number, tookMs: number): string[] {
	const most = wallMs * mostRuns + killMarginMs;
	return tookMs > most ? [`was over after ${Math.round(tookMs)} ms, at most ${most} were expected`] : [];
}
