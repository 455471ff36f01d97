// `npm run scale:simulate`: what the autoscaler's rule does with each trace, in virtual time. `--steps NAME`
// shows each change under one of them, with its why.
import Table from 'cli-table3';
import {fixed, play, usual} from '../test/scale/play.ts';
import {traces} from '../test/scale/traces.ts';
import {readArgs} from './commandLine.ts';

const names = traces.map(({name}) => name).join(', ');
const usage = `usage: npm run scale:simulate [-- --steps TRACE]\ntraces: ${names}`;
const trace = readArgs(usage, {options: {steps: {type: 'string'}}}, ({values: {steps}}) => {
	const found = traces.find(({name}) => steps !== undefined && name.startsWith(steps));
	if (steps !== undefined && !found) throw new TypeError(`Expected --steps to be a trace, got \`${steps}\``);
	return found;
});
if (!trace) console.log(table());
else {
	for (const {at: ms, workers, why} of play(trace).steps) {
		console.log(`${String(Math.round(ms / 1000)).padStart(6)} s  ${String(workers).padStart(3)}  ${why}`);
	}
}

function table(): string {
	const drawn = new Table({
		head: [
			'trace',
			'tasks',
			'wait p50',
			'p95',
			'p99',
			'most',
			'changes',
			'cost',
			'of the least',
			'of a fixed',
		],
		style: {head: [], border: []},
	});
	for (const trace of traces) {
		const {tasks, waitMs, most, changes, workerSeconds, leastSeconds} = play(trace);
		const peak = fixed(trace);
		drawn.push([
			...[trace.name, tasks, seconds(waitMs.p50), seconds(waitMs.p95), seconds(waitMs.p99), most, changes],
			...[`${Math.round(workerSeconds)} s`, `${(workerSeconds / leastSeconds).toFixed(2)} x`],
			`${((workerSeconds / peak.workerSeconds) * 100).toFixed(0)} % of ${peak.workers}`,
		]);
	}
	const {rule, startMs, everyMs, slots} = usual;
	return `${drawn.toString()}
Wait: from a task's coming to its start; at most ${seconds(rule.targetWaitMs)} are the target. Cost: worker-seconds; the least is that of a
pool that knows what comes and has every slot taken all the time; fixed: as many workers all the time as meet the target for 95 %.
Workers of ${slots} slots take ${seconds(startMs)} to start; a look every ${seconds(everyMs)}; cooldown ${seconds(rule.cooldown.upMs)} up, ${seconds(rule.cooldown.downMs)} down.`;
}

function seconds(ms: number): string {
	return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 0)} s`;
}
