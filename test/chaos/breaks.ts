import {setTimeout as delay} from 'node:timers/promises';
import type {Client} from '#client/client.ts';
import type {Audit} from '#contract/audit.ts';

const betweenMs = 250;

/**
 * What the audit of each server finds wrong once all is over. It heals while it looks: what it has healed
 * by one of the next looks is no break.
 * @param patienceMs how long it may take to heal
 */
export async function breaksOf(
	servers: readonly Pick<Client, 'audit'>[],
	patienceMs: number,
): Promise<string[]> {
	for (const until = performance.now() + patienceMs; ; await delay(betweenMs)) {
		const audits = await Promise.all(servers.map(client => client.audit()));
		const breaks = audits.flatMap(inWords);
		if (breaks.length === 0 || performance.now() > until) return breaks;
	}
}

function inWords({
	balanced,
	difference,
	breaks,
}: Pick<Audit, 'balanced' | 'difference' | 'breaks'>): string[] {
	const named = breaks.map(({kind, task, why}) => `${kind}: ${task ?? 'the ledger'}: ${why}`);
	return balanced || named.length > 0 ? named : [`it is not balanced, by ${difference} tasks`];
}
