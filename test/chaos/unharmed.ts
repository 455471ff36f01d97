// Faults that take nothing out of the broker leave nothing for the audit to do: what it dispatches again then is an
// effect that somebody lost, and the audit would hide it.
import type {FaultName} from './faults.ts';
import type {Verdict} from './verdict.ts';

const lossless: readonly FaultName[] = ['kill-executor', 'kill-server', 'rolling-restart', 'fill-store'];
/** Whoever is told to go ends what runs, or gives back what has not begun. */
const orderly: readonly FaultName[] = ['rolling-restart'];

type Blows = {
	readonly faults: readonly FaultName[];
	readonly servers?: number;
	readonly settings?: readonly string[];
};

/** Nothing was dispatched again that was not lost; and where all went in order, nothing ran twice. */
export function isUnharmed(
	{faults, servers = 1, settings = []}: Blows,
	{healed, stale}: Pick<Verdict, 'healed' | 'stale'>,
): boolean {
	// A server that takes up another one's tasks sends what may not have been sent; and a mailbox goes with its worker.
	if (servers > 1 || settings.includes('dispatch.mode=push')) return true;
	if (faults.every(fault => lossless.includes(fault)) && healed.length > 0) return false;
	return (stale.outcome ?? 0) === 0 || !faults.every(fault => orderly.includes(fault));
}
