// One work message, from its delivery to its verdict.
import {defaultClass} from '#actors/lane.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Delivery, Verdict} from '#transport/transport.ts';
import type {Claims} from './claims.ts';
import {readWork} from './delivered.ts';
import type {Held} from './held.ts';
import type {Errand, Fate, Jobs} from './job.ts';
import type {Outbox} from './outbox.ts';

type Parts = {
	readonly jobs: Jobs;
	readonly claims: Claims;
	readonly held: Held;
	readonly outbox: Outbox;
	/** Aborted: the worker is killed. What is in hand goes back to the broker as it is. */
	readonly killed: AbortSignal;
};

export type Works = (delivery: Delivery) => Promise<Verdict>;

export function createWorks({log}: Ambient, {jobs, claims, held, outbox, killed}: Parts): Works {
	const abandoned = new Promise<Fate[]>(resolve => {
		killed.addEventListener('abort', () => resolve(['returned']), {once: true});
	});
	return async delivery => {
		const read = readWork(delivery);
		if ('why' in read) {
			log.error({why: read.why, queue: delivery.queue}, 'a work message was refused');
			return 'drop';
		}
		const {work, attempts} = read;
		const {home, copy, class: priority = defaultClass} = work;
		const {redelivered} = delivery;
		const errand: Errand = {
			...{copy, class: priority, redelivered},
			home: {report: outcome => outbox.send(home, outcome), ask: claim => claims.ask(home, claim)},
		};
		for (const one of attempts) held.add(one);
		const unsure = attempts.filter(({item}) => redelivered || item.again);
		const sure = attempts.filter(one => !unsure.includes(one));
		try {
			const all = Promise.all([
				...unsure.map(one => jobs.claimed(errand, one)),
				...(sure.length > 0 ? [jobs.together(errand, sure)] : []),
			]);
			const fates = await Promise.race([all, abandoned]);
			// What is already over will be denied when it is claimed, so the whole message may go back.
			return fates.includes('returned') ? 'retry' : 'ack';
		} finally {
			for (const one of attempts) held.remove(one);
		}
	};
}
