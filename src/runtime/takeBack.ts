// What a lost worker held, also what it had no time to name: it is dispatched again at once.
import type {Queues} from './depth.ts';
import type {Flight, InFlight} from './inFlight.ts';
import type {Loss} from './missing.ts';
import type {Roster} from './roster.ts';
import type {Dispatch} from './runtime.ts';

type Parts = Pick<Queues, 'isGone'> & {
	readonly inFlight: InFlight;
	readonly roster: Roster;
	readonly dispatch: Pick<Dispatch, 'holds'>;
};

/** @param redispatch resolves once it is dispatched again, or was seen to need it no more */
export function createTakeBack(
	{inFlight, roster, dispatch, isGone}: Parts,
	redispatch: (flight: Flight, loss: Loss) => Promise<void>,
): (worker: string) => Promise<void> {
	return async worker => {
		const loss = {why: `its worker ${worker} is lost`, worker, gone: await isGone(worker)};
		const elsewhere = new Set(roster.held().map(({task, attempt}) => `${task} ${attempt}`));
		const named = roster.heldBy(worker).flatMap(({task, attempt}) => {
			const flight = inFlight.get(task);
			// The broker may have given it to another already: that one names it.
			return flight?.attempt === attempt && !elsewhere.has(`${task} ${attempt}`) ? [flight] : [];
		});
		const sent = [...inFlight.list()].filter(({to}) => to === worker);
		const told = [...new Set([...named, ...sent])].map(async flight => {
			// A process that stood still takes its own worker for lost; what that has, it has.
			if (flight.healing || dispatch.holds(flight.task, flight.attempt)) return;
			await redispatch(flight, loss);
		});
		await Promise.all(told);
	};
}
