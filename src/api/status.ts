import {isTerminal} from '#actors/task.ts';
import type {Ledger, Status} from '#contract/status.ts';
import type {Count} from '#store/store.ts';
import type {Desk} from './desk.ts';

export async function status({home, about}: Desk): Promise<Status> {
	const {window, roster, functions} = home;
	return {
		node: home.id,
		version: about.version,
		startedAt: about.startedAt,
		broker: {url: about.broker, blocked: home.transport.blocked() ?? null},
		store: {url: about.store},
		ledger: ledgerOf(await home.store.counts(), roster.running),
		backlog: window.backlog,
		inFlight: window.placed,
		workers: roster.workers().filter(({state}) => state !== 'lost' && state !== 'stopped').length,
		functions: functions.list().length,
	};
}

/** accepted = succeeded + dead + cancelled + expired + waiting + running. */
function ledgerOf(counts: readonly Count[], heard: number): Ledger {
	const sum = (take: (one: Count) => boolean) => counts.filter(take).reduce((all, {count}) => all + count, 0);
	const ended = (state: string) => sum(one => one.state === state);
	const open = sum(({state}) => !isTerminal(state));
	// Heartbeats are a second old: what they still call running may have ended since.
	const running = Math.min(
		heard,
		sum(({state}) => state === 'queued'),
	);
	return {
		accepted: sum(() => true),
		succeeded: ended('succeeded'),
		dead: ended('dead'),
		cancelled: ended('cancelled'),
		expired: ended('expired'),
		waiting: open - running,
		running,
	};
}

/** Undefined when everything a request needs is there. */
export function ready({home}: Desk): string | undefined {
	const store = home.trouble();
	if (store !== undefined) return `the store takes nothing: ${store}`;
	const broker = home.transport.blocked();
	return broker === undefined ? undefined : `the broker is out of reach: ${broker}`;
}
