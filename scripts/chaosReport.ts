// What `npm run chaos` says to people.
import type {CancelReport, Spread} from '../test/chaos/cancels.ts';
import type {CrashReport} from '../test/chaos/crash.ts';
import {type Histories, mistakesIn} from '../test/chaos/histories.ts';
import type {RoundReport} from '../test/chaos/round.ts';

const mostShown = 10;

export function roundLines(report: RoundReport): string[] {
	const {verdict, blows, toothless, clean, seconds, repeatedBatches, logs} = report;
	const {
		tasks,
		lost,
		stuck,
		wrong,
		misanswered,
		breaks,
		unlawful,
		unsure,
		left,
		ledger,
		balanced,
		stale,
		healed,
	} = verdict;
	const {succeeded, dead, waiting, running} = ledger;
	const healTimes = blows.flatMap(({healMs}) => (healMs === null ? [] : [healMs]));
	const missed = blows.filter(blow => blow.missed !== null);
	const troubles = [
		...toothless.map(one => `never bit: ${one}`),
		...lost.map(one => `lost: ${one}`),
		...stuck.map(one => `stuck: ${one}`),
		...wrong.map(one => `wrong: ${one}`),
		...misanswered.map(one => `answer: ${one}`),
		...breaks.map(one => `audit: ${one}`),
		...mistakesIn(verdict),
		...unsure.map(one => `unsure: ${one}`),
		...left.map(one => `left: ${one}`),
		...(clean ? [] : healed.map(one => `dispatched again: ${one}`)),
		...(balanced ? [] : [`not balanced: ${JSON.stringify(ledger)}`]),
	];
	const more = troubles.length - mostShown;
	return [
		`${clean ? 'ok' : 'FAILED'}: ${tasks} tasks in ${seconds.toFixed(0)} s: ${succeeded} succeeded, ${dead} dead, ` +
			`${waiting + running} open; ${lost.length} lost, ${stuck.length} stuck, ${wrong.length} wrong, ${unlawful.length} histories unlawful; ` +
			`${staleOf(stale)}, ${healed.length} dispatched again by the audit, ${repeatedBatches} batches offered again`,
		replayLine(verdict),
		`${blows.length - missed.length} blows bit, ${missed.length} missed; healed after ${healTimes.map(ms => `${(ms / 1000).toFixed(1)} s`).join(', ') || 'nothing'}`,
		...troubles.slice(0, mostShown),
		...(more > 0 ? [`and ${more} more`] : []),
		...Object.entries(logs ?? {}).flatMap(([name, lines]) =>
			lines.slice(-mostShown).map(line => `${name}: ${line}`),
		),
	];
}

const staleOf = (stale: RoundReport['verdict']['stale']): string => {
	const counts = Object.entries(stale).filter(([, count]) => count > 0);
	return `${counts.map(([name, count]) => `${count} ${name}s`).join(' and ') || 'none'} stale`;
};

const replayLine = ({replayed: {histories, kinds}, refused, unsure}: Histories): string =>
	`${histories} histories of ${kinds} kinds replayed against the model: ${refused.length} refused, ${unsure.length} unsure`;

export const crashLine = (
	{crash, seed, good, crashes, complaints, histories}: CrashReport,
	time: number,
): string =>
	`${crash} ${time} (seed ${seed}): ${good} good tasks, ${crashes} crashes, ${replayLine(histories)}${complaints.length > 0 ? `; FAILED: ${complaints.slice(0, mostShown).join('; ')}` : ', ok'}`;

export function cancelLine({cancels, receipt, stops, complaints, histories}: CancelReport): string {
	const failed = complaints.length > 0 ? `; FAILED: ${complaints.slice(0, mostShown).join('; ')}` : '';
	return (
		`chaos: ${cancels} cancels: receipt ${spread(receipt)}; ` +
		`stop of what spins ${spread(stops.spins)}, of what awaits ${spread(stops.awaits)}; ${replayLine(histories)}${failed}`
	);
}

const spread = ({count, p50, p99, most}: Spread): string =>
	`p50 ${p50} p99 ${p99} most ${most} ms (${count})`;
