// What workers send to a home as messages. One is acked when each of its items is committed, or was seen
// to change nothing on a fresh read (R3, R4).
import {fail} from '#actors/failure.ts';
import {checkClaim} from '#contract/claim.ts';
import type {Order} from '#contract/control.ts';
import {checkOutcomes} from '#contract/outcome.ts';
import {messageTypes} from '#contract/work.ts';
import {decodeFrame} from '#lib/frame.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Delivery, Verdict} from '#transport/transport.ts';
import type {Park} from './parking.ts';
import type {Report, Reports} from './reports.ts';

type Parts = {
	readonly reports: Reports;
	readonly order: (worker: string, order: Order) => void;
	readonly park: Park;
};

export type Inbox = (delivery: Delivery) => Promise<Verdict>;

export function createInbox({log}: Ambient, {reports, order, park}: Parts): Inbox {
	const outcome = (report: Report) => new Promise<boolean>(resolve => reports.outcome(report, resolve));

	const outcomes = async (delivery: Delivery): Promise<Verdict> => {
		const {head, bodies} = decodeFrame<unknown>(delivery.body);
		const checked = checkOutcomes(head);
		if (!checked.ok) throw new TypeError(checked.why);
		const {items} = checked.value;
		if (bodies.length !== items.length * 2) throw new TypeError('Expected two bodies for each outcome');
		const taken = await Promise.all(
			items.map((item, at) => outcome({item, result: bodies[at * 2], logs: bodies[at * 2 + 1]})),
		);
		return taken.every(Boolean) ? 'ack' : 'retry';
	};

	const claim = async (delivery: Delivery): Promise<Verdict> => {
		const checked = checkClaim(JSON.parse(delivery.body.toString()));
		if (!checked.ok) throw new TypeError(checked.why);
		const {id, worker} = checked.value;
		const grant = await reports.claim(checked.value);
		// An answer that is lost, or not given, is asked for again (R22).
		if (grant === undefined) return 'retry';
		order(worker, {type: 'grant', claim: id, grant});
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
			await park(delivery, fail('INVALID_INPUT', error instanceof Error ? error.message : String(error)));
			return 'ack';
		}
	};
}
