// The AMQP door: producers publish to `warren.tasks` with a function's name as the key, and need no SDK
// (docs/amqp.md). A submission is acked once commit 1 holds its task (R3), a cancel once its task is over,
// either of them once its rejection is parked in `warren.dead` with the reason. Where an answer was asked for it
// is sent then; an address that takes none holds no place of the intake.

import {type Failure, fail} from '#actors/failure.ts';
import type {Answer, Api, Submission} from '#api/api.ts';
import type {Receipt, TaskName} from '#contract/task.ts';
import {atMost, pause} from '#lib/clock.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Consumers} from '#runtime/consumers.ts';
import {createParking} from '#runtime/parking.ts';
import type {Replies} from '#runtime/replies.ts';
import type {Names} from '#transport/topology.ts';
import type {Consumer, Delivery, Transport, Verdict} from '#transport/transport.ts';
import {createAnswers} from './amqpAnswers.ts';
import {cancelNamed} from './amqpCancel.ts';
import type {Door} from './gateway.ts';
import {readProducer} from './producer.ts';

type Parts = {
	readonly api: Api;
	readonly transport: Transport;
	readonly names: Names;
	readonly answer: Replies;
	readonly consume: Consumers['add'];
};

const laterMs = 500;
/** The most that a cancel waits for its receipt to be with the broker, ms. */
const receiptMs = 1000;

export function createAmqpDoor(ambient: Ambient, {api, transport, names, answer, consume}: Parts): Door {
	const {log} = ambient;
	const consumers: Consumer[] = [];
	const over = new AbortController();
	const park = createParking(ambient, transport, names);
	const send = createAnswers(ambient, answer);
	let waiting: {one: Submission; tell: (answer: Answer<Receipt>) => void}[] = [];

	/** What arrives in one turn of the event loop is submitted as one list. */
	const submit = (one: Submission) =>
		new Promise<Answer<Receipt>>(tell => {
			if (waiting.push({one, tell}) === 1) setImmediate(flush);
		});
	const flush = () => {
		const list = waiting;
		waiting = [];
		api.submit(list.map(({one}) => one)).then(
			answers => {
				for (const [at, answer] of answers.entries()) list[at]?.tell(answer);
			},
			error => {
				log.error({err: error}, 'submissions failed');
				for (const {tell} of list) tell({ok: false, failure: fail('UNAVAILABLE')});
			},
		);
	};

	const reply = (
		{properties: {correlationId}}: Delivery,
		replyTo: string | undefined,
		type: string,
		body: object,
		headers?: Readonly<Record<string, string>>,
	): Promise<void> => {
		if (replyTo === undefined) return Promise.resolve();
		const more = {...(correlationId && {correlationId}), ...(headers && {headers})};
		const properties = {type, contentType: 'application/json', ...more};
		return send({exchange: '', key: replyTo, body: Buffer.from(JSON.stringify(body)), properties});
	};
	/** Parks what can't be done, and answers whoever asked. A crash may cost the answer, but nothing else. */
	const reject = async (
		delivery: Delivery,
		failure: Failure,
		replyTo: string | undefined,
	): Promise<Verdict> => {
		const key = delivery.death?.key ?? delivery.key;
		log.warn({function: key, code: failure.code, why: failure.message}, 'a message was rejected');
		await park(delivery, failure);
		void reply(delivery, replyTo, 'task.rejected', failure);
		return 'ack';
	};

	/** Back to the intake, but not at once: it would come again before anything has changed. */
	const later = async (): Promise<Verdict> => {
		await pause(ambient.clock, laterMs, over.signal);
		return 'retry';
	};
	const refuse = (delivery: Delivery, failure: Failure, replyTo: string | undefined): Promise<Verdict> => {
		const {code} = failure;
		// The store can't take it now: it stays offered, in the intake. A bug that comes again is not chance.
		if (code === 'UNAVAILABLE' || (code === 'INTERNAL' && !delivery.redelivered)) return later();
		return reject(delivery, failure, replyTo);
	};
	const cancel = async (
		delivery: Delivery,
		task: TaskName,
		replyTo: string | undefined,
	): Promise<Verdict> => {
		const answer = await cancelNamed(ambient.clock, api, task, over.signal);
		if (!answer) return 'retry';
		if (!answer.ok) return refuse(delivery, answer.failure, replyTo);
		const headers = {'x-warren-task': answer.value.task};
		await atMost(ambient.clock, receiptMs, reply(delivery, replyTo, 'cancel.receipt', answer.value, headers));
		return 'ack';
	};
	const take = async (delivery: Delivery): Promise<Verdict> => {
		const read = readProducer(delivery, names);
		if (read.kind === 'bad') return reject(delivery, read.failure, read.replyTo);
		if (read.kind === 'cancel') return cancel(delivery, read.task, read.replyTo);
		if (read.kind === 'redrive') {
			const redriven = await api.redrive(read.task);
			// Moved back twice: it lives already, and that is what was wanted.
			if (redriven.ok || redriven.failure.code === 'CONFLICT') return 'ack';
			if (redriven.failure.code !== 'TASK_NOT_FOUND') return later();
			return reject(delivery, redriven.failure, read.replyTo);
		}
		const answer = await submit(read.submission);
		return answer.ok ? 'ack' : refuse(delivery, answer.failure, read.submission.replyTo);
	};

	return {
		async listen() {
			consumers.push(await consume(names.intake, take));
			// R11: what the broker gave up on in the intake is settled like any submission.
			consumers.push(await consume(names.refused, take));
			return '';
		},
		async stop() {
			over.abort();
			await Promise.all(consumers.map(consumer => consumer.cancel()));
		},
	};
}
