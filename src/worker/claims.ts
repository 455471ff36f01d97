// R13: what may have been run before is claimed before it runs. R21: an answer belongs to one
// question, never to an attempt, since one worker can hold two copies of it. R22: a question without
// an answer is asked again, of any server; nothing runs unclaimed and nothing is acked unclaimed.
import type {Grant} from '#actors/task.ts';
import type {ClaimMessage} from '#contract/claim.ts';
import {messageTypes} from '#contract/work.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Names} from '#transport/topology.ts';
import {type Transport, TransportDown} from '#transport/transport.ts';
import type {Claim} from './job.ts';

export type Claims = {
	/** Resolves to the answer, or to undefined when the worker drains first. */
	ask(home: string, claim: Claim): Promise<Grant | undefined>;
	/** An answer came. */
	answer(id: string, grant: Grant): void;
	/** No more questions; those who wait are told that there is no answer. */
	close(): void;
};

const patienceMs = 2000;

type Parts = {readonly worker: string; readonly transport: Transport; readonly names: Names};

export function createClaims({clock, log, metrics}: Ambient, {worker, transport, names}: Parts): Claims {
	const asked = new Map<string, (grant: Grant | 'silence' | undefined) => void>();
	let counter = 0;
	let closed = false;

	const publish = async (key: string, claim: ClaimMessage): Promise<void> => {
		const message = {
			exchange: '',
			body: Buffer.from(JSON.stringify(claim)),
			properties: {type: messageTypes.claim},
		};
		metrics.published.inc({kind: 'claim'});
		const published = await transport.publish({...message, key});
		if (published === 'unroutable' && key !== names.outcomes) await publish(names.outcomes, claim);
	};
	const once = (key: string, claim: ClaimMessage) =>
		new Promise<Grant | 'silence' | undefined>(resolve => {
			let callOff = () => {};
			asked.set(claim.id, answer => {
				callOff();
				asked.delete(claim.id);
				resolve(answer);
			});
			// Patience begins when the broker has the question: while it is out of reach, asking again and
			// again would only ask for many grants, and every one after the first is for running alone.
			const sent = () => {
				if (asked.has(claim.id)) callOff = clock.after(patienceMs, () => asked.get(claim.id)?.('silence'));
			};
			publish(key, claim).then(sent, error => {
				if (!(error instanceof TransportDown)) log.error({err: error}, 'a claim could not be sent');
				sent();
			});
		});
	return {
		async ask(home, claim) {
			let key = names.node(home);
			while (!closed) {
				const answer = await once(key, {...claim, worker, id: `${worker}.${++counter}`});
				if (answer !== 'silence') return answer;
				log.debug({task: claim.task, attempt: claim.attempt}, 'a claim got no answer; asking again');
				key = names.outcomes;
			}
			return undefined;
		},
		answer: (id, grant) => asked.get(id)?.(grant),
		close() {
			closed = true;
			for (const tell of asked.values()) tell(undefined);
		},
	};
}
