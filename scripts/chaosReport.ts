// What `npm run chaos` says to people.
import type {CancelReport, Spread} from '../test/chaos/cancels.ts';
import type {CrashReport} from '../test/chaos/crash.ts';
import type {RoundReport} from '../test/chaos/round.ts';

const mostShown = 10;

export function roundLines({verdict, blows, clean, seconds, repeatedBatches, logs}: RoundReport): string[] {
	const {tasks, lost, stuck, wrong, unlawful, refused, unsure, replayed, left, ledger, balanced, stale} =
		verdict;
	const {succeeded, dead, waiting, running} = ledger;
	const healed = blows.flatMap(({healMs}) => (healMs === null ? [] : [healMs]));
	const troubles = [
		...lost.map(one => `lost: ${one}`),
		...stuck.map(one => `stuck: ${one}`),
		...wrong.map(one => `wrong: ${one}`),
		...unlawful.map(one => `history: ${one}`),
		...refused.map(one => `not of the model: ${one}`),
		...unsure.map(one => `unsure: ${one}`),
		...left.map(one => `left: ${one}`),
		...(balanced ? [] : [`not balanced: ${JSON.stringify(ledger)}`]),
	];
	const more = troubles.length - mostShown;
	return [
		`${clean ? 'ok' : 'FAILED'}: ${tasks} tasks in ${seconds.toFixed(0)} s: ${succeeded} succeeded, ${dead} dead, ` +
			`${waiting + running} open; ${lost.length} lost, ${stuck.length} stuck, ${wrong.length} wrong, ${unlawful.length} histories unlawful; ` +
			`${stale} stale, ${repeatedBatches} batches offered again`,
		`${replayed.histories} histories of ${replayed.kinds} kinds replayed against the model: ${refused.length} refused, ` +
			`${unsure.length} unsure`,
		`healed after ${healed.map(ms => `${(ms / 1000).toFixed(1)} s`).join(', ') || 'nothing'}`,
		...troubles.slice(0, mostShown),
		...(more > 0 ? [`and ${more} more`] : []),
		...Object.entries(logs ?? {}).flatMap(([name, lines]) =>
			lines.slice(-mostShown).map(line => `${name}: ${line}`),
		),
	];
}

export const crashLine = ({crash, good, crashes, complaints}: CrashReport, time: number): string =>
	`${crash} ${time}: ${good} good tasks, ${crashes} crashes${complaints.length > 0 ? `; FAILED: ${complaints.slice(0, mostShown).join('; ')}` : ', ok'}`;

export function cancelLine({cancels, receipt, stops, complaints}: CancelReport): string {
	const failed = complaints.length > 0 ? `; FAILED: ${complaints.slice(0, mostShown).join('; ')}` : '';
	return (
		`chaos: ${cancels} cancels: receipt ${spread(receipt)}; ` +
		`stop of what spins ${spread(stops.spins)}, of what awaits ${spread(stops.awaits)}${failed}`
	);
}

const spread = ({count, p50, p99, most}: Spread): string =>
	`p50 ${p50} p99 ${p99} most ${most} ms (${count})`;
