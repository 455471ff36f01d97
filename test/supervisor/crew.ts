// A crew whose workers are played, with time that a test moves.

import type {ChildEvents} from '#supervisor/child.ts';
import {createCrew} from '#supervisor/crew.ts';
import {testAmbient} from '../harness/ambient.ts';
import {createFakeClock} from '../harness/clock.ts';

export type Played = {
	readonly pid: number;
	readonly told: readonly ('drain' | 'kill')[];
	/** It stands still: it answers nothing. */
	still: boolean;
	/** How often it was asked whether it goes on. */
	readonly asked: number;
	/** It takes work. */
	ready(): void;
	/** Somebody else told it to. */
	drains(): void;
	end(clean: boolean): void;
};

export function crew() {
	const clock = createFakeClock();
	const ambient = testAmbient(clock);
	const played: Played[] = [];
	const launch = (_: string, events: ChildEvents) => {
		const pid = played.length + 1;
		const told: ('drain' | 'kill')[] = [];
		const one = {
			...{pid, told, still: false, asked: 0},
			ready: () => events.ready(`w${pid}`),
			drains: () => events.drains(),
			end: (clean: boolean) => events.ended(clean, clean ? 'exit code 0' : 'exit code 5'),
		};
		played.push(one);
		return {
			pid,
			ask() {
				one.asked += 1;
				if (!one.still) events.answers();
			},
			drain: () => void told.push('drain'),
			kill: () => void told.push('kill'),
		};
	};
	const all = createCrew(ambient, {supervisor: 's1', launch, drainTimeoutMs: 30_000, changed() {}});
	/** What was started since it was asked last. */
	let seen = 0;
	const started = () => {
		const since = played.slice(seen);
		seen = played.length;
		return since;
	};
	const states = () => all.report().workers.map(({pid, state}) => `${pid} ${state}`);
	return {all, clock, ambient, played, started, states};
}
