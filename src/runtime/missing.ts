import {type Flight, type InFlight, type Lane, nameOf} from './inFlight.ts';
import type {Letter} from './letter.ts';
import type {Held, Roster} from './roster.ts';

/** What a heartbeat, a commit or a timer may be late without being wrong: three beats and some more. */
export const graceMs = 5000;
/** Two beats: within them whoever has an attempt has named it. */
const silentMs = 2500;

export type Missing = {
	readonly flight: Flight;
	readonly why: string;
	/** It was missing before, for longer than a message or a heartbeat may be on its way. */
	readonly sure: boolean;
};

/**
 * For so long after a worker was lost the broker may still give it work: it closes a silent connection
 * after two of its own heartbeats of 5 s, give or take one.
 */
const vigilMs = 20_000;

export const isVigil = ({lostAt}: Roster, now: number): boolean =>
	lostAt !== undefined && now - lostAt < vigilMs;

type Evidence = {
	readonly inFlight: InFlight;
	readonly roster: Roster;
	readonly depth: (lane: Lane) => Promise<number | undefined>;
	readonly now: number;
};

/**
 * Attempts that seem to be nowhere: no live worker names them, and their queue is empty, is gone, or
 * has given out what was put there later (queues are in order, and what comes back goes in front).
 */
export async function findMissing({inFlight, roster, depth, now}: Evidence): Promise<Missing[]> {
	for (const {task, attempt} of roster.held()) {
		const flight = inFlight.get(task);
		if (flight?.attempt === attempt) inFlight.heard(flight, now);
	}
	const silent = [...inFlight.list()].filter(({at, heardAt = 0}) => Math.max(at, heardAt) + silentMs <= now);
	const depths = new Map<string, number | undefined>();
	for (const lane of silent.length > 0 ? inFlight.lanes() : []) depths.set(nameOf(lane), await depth(lane));
	const missing: Missing[] = [];
	for (const flight of silent) {
		const why = whyOf(flight, depths.get(nameOf(flight.lane)), inFlight.passed(flight.lane));
		if (why === undefined) {
			flight.missingSince = undefined;
			continue;
		}
		flight.missingSince ??= now;
		// A worker that was lost may have had it, or been given it since: the broker takes it for alive.
		const sure = now - flight.missingSince >= graceMs || isVigil(roster, now);
		missing.push({flight, why, sure});
	}
	return missing;
}

function whyOf({at, heardAt}: Flight, depth: number | undefined, passed: number): string | undefined {
	const last = heardAt === undefined ? 'no worker has named it' : 'the worker that had it names it no more';
	if (depth === undefined) return `its queue is gone, and ${last}`;
	if (depth === 0) return `its queue is empty, and ${last}`;
	return at + graceMs < passed ? `what was queued later has come out, and ${last}` : undefined;
}

/** What a lost worker held runs elsewhere; if it was not lost after all, the claim settles who goes on. */
export const lostWith = ({task, attempt, worker}: Held, settle: () => void): Letter => ({
	...lostLetter({task, attempt}, `its worker ${worker} is lost`, undefined, worker),
	settle,
});

/** @param gone called when a fresh read has shown that it is not in the broker */
export function lostLetter(
	{task, attempt}: {task: string; attempt: number},
	why: string,
	gone: () => void = () => {},
	worker: string | null = null,
): Letter {
	return {
		kind: 'event',
		name: 'lost',
		task,
		fresh: true,
		read: (row, {now}) =>
			row.state === 'queued' && row.placed && row.attempt === attempt
				? [{type: 'lost', at: now, attempt, worker, why}]
				: undefined,
		settle: settled => {
			if (settled.how === 'passed') gone();
		},
	};
}
