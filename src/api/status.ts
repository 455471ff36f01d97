import type {Status} from '#contract/status.ts';
import {ledgerOf} from '#runtime/ledger.ts';
import type {Desk} from './desk.ts';

export async function status({home, about}: Desk): Promise<Status> {
	const {window, roster, functions} = home;
	// Side by side: a commit between the two would look like a task that is missing.
	const {counts, births} = await home.store.ledger();
	return {
		node: home.id,
		version: about.version,
		startedAt: about.startedAt,
		broker: {url: about.broker, blocked: home.transport.blocked() ?? null},
		store: {url: about.store},
		ledger: ledgerOf(counts, births, roster.running),
		backlog: window.backlog,
		inFlight: window.placed,
		workers: roster.workers().filter(({state}) => state !== 'lost' && state !== 'stopped').length,
		functions: functions.list().length,
	};
}

/** Undefined when everything a request needs is there. */
export function ready({home}: Desk): string | undefined {
	const store = home.trouble();
	if (store !== undefined) return `the store takes nothing: ${store}`;
	const broker = home.transport.blocked();
	return broker === undefined ? undefined : `the broker is out of reach: ${broker}`;
}
