// What workers send to a home: outcomes and claims. A message is acked when each of its items is
// committed, or was seen to change nothing on a fresh read (R3, R4).
import {fail} from '#actors/failure.ts';
import type {TaskEvent} from '#actors/task.ts';
import {type ClaimMessage, checkClaim} from '#contract/claim.ts';
import type {Order} from '#contract/control.ts';
import {checkOutcomes, type OutcomeItem} from '#contract/outcome.ts';
import {messageTypes} from '#contract/work.ts';
import {decodeFrame} from '#lib/frame.ts';
import type {Ambient} from '#observe/observe.ts';
import type {TaskRow} from '#store/store.ts';
import type {Delivery, Verdict} from '#transport/transport.ts';
import type {Letter, Settled, World} from './letter.ts';
import type {Park} from './parking.ts';

type Parts = {
	readonly tell: (letter: Letter) => void;
	readonly order: (worker: string, order: Order) => void;
	/** An attempt is over for its worker: it needs no tombstone (R24). */
	readonly over: (outcome: OutcomeItem) => void;
	readonly measured: (row: TaskRow, outcome: OutcomeItem) => void;
	readonly park: Park;
};

export type Inbox = (delivery: Delivery) => Promise<Verdict>;

export function createInbox({log}: Ambient, parts: Parts): Inbox {
	const outcome = (item: OutcomeItem, result: Buffer | undefined, lines: Buffer | undefined) =>
		new Promise<boolean>(resolve => {
			parts.over(item);
			parts.tell({
				kind: 'event',
				name: 'outcome',
				task: item.task,
				read: (row, world) => readOutcome(item, row, world),
				result,
				log: lines && {attempt: item.attempt, lines},
				settle: settled => {
					if (settled.how === 'committed') parts.measured(settled.row, item);
					resolve(settled.how !== 'failed');
				},
			});
		});

	const outcomes = async (delivery: Delivery): Promise<Verdict> => {
		const {head, bodies} = decodeFrame<unknown>(delivery.body);
		const checked = checkOutcomes(head);
		if (!checked.ok) throw new TypeError(checked.why);
		const {items} = checked.value;
		if (bodies.length !== items.length * 2) throw new TypeError('Expected two bodies for each outcome');
		const taken = await Promise.all(
			items.map((item, at) => outcome(item, bodies[at * 2], bodies[at * 2 + 1])),
		);
		return taken.every(Boolean) ? 'ack' : 'retry';
	};

	const claim = async (delivery: Delivery): Promise<Verdict> => {
		const checked = checkClaim(JSON.parse(delivery.body.toString()));
		if (!checked.ok) throw new TypeError(checked.why);
		const asked = checked.value;
		const settled = await new Promise<Settled>(resolve => parts.tell(claimLetter(asked, resolve)));
		// An answer that is lost, or not given, is asked for again (R22).
		if (settled.how === 'failed') return 'retry';
		const grant = 'grant' in settled ? settled.grant : undefined;
		parts.order(asked.worker, {type: 'grant', claim: asked.id, grant: grant ?? 'no'});
		return 'ack';
	};

	return async delivery => {
		const {type} = delivery.properties;
		try {
			if (type === messageTypes.outcomes) return await outcomes(delivery);
			if (type === messageTypes.claim) return await claim(delivery);
			throw new TypeError(`Expected an outcome or a claim, got a message of type ${JSON.stringify(type)}`);
		} catch (error) {
			// Only our own workers write here: what can't be read is a bug, or somebody else's message.
			log.error(
				{err: error, type, queue: delivery.queue},
				'a message in the inbox was refused; it is parked',
			);
			await parts.park(
				delivery,
				fail('INVALID_INPUT', error instanceof Error ? error.message : String(error)),
			);
			return 'ack';
		}
	};
}

/** R14: taken only while queued, with the exact attempt; its start comes along, so both are one commit. */
function readOutcome(item: OutcomeItem, row: TaskRow, world: World): readonly TaskEvent[] | undefined {
	if (row.state !== 'queued' || row.attempt !== item.attempt) return undefined;
	const {now} = world;
	// Two clocks are in play: the worker's is only shown, and never later than the home's.
	const {usage} = item;
	const start: TaskEvent = {
		...{type: 'start', attempt: item.attempt, at: Math.min(now, item.startedAt)},
		where: usage && {worker: usage.worker, executor: usage.executor},
	};
	const failure = item.failure ?? (usage ? null : fail('INTERNAL', 'The outcome says nothing of its run'));
	if (failure) {
		const policy = world.policy(row.version);
		return [start, {type: 'fail', at: now, failure, policy, jitter: world.jitter(), usage}];
	}
	return usage ? [start, {type: 'succeed', at: now, usage}] : undefined;
}

/** R13: decided on a fresh read, after all earlier letters of that task. */
function claimLetter(asked: ClaimMessage, settle: (settled: Settled) => void): Letter {
	const {attempt, copy, worker, redelivered, alone} = asked;
	return {
		kind: 'event',
		name: 'claim',
		task: asked.task,
		fresh: true,
		read: (row, {now}) =>
			row.state === 'queued' && row.attempt === attempt
				? [{type: 'claim', at: now, claim: {attempt, copy, worker, redelivered, alone}}]
				: undefined,
		settle,
	};
}
