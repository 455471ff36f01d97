// Pull: attempts are published to their pool's queue, and workers take them as they have room. At load
// several attempts of one version travel as one message and run one after the other in one slot: at
// most as many as are expected to take ten milliseconds together, judged by what was measured.
import {messageTypes, type Work, type WorkItem} from '#contract/work.ts';
import {pause} from '#lib/clock.ts';
import {encodeFrame} from '#lib/frame.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Dispatch, Placement} from '#runtime/runtime.ts';
import type {Names} from '#transport/topology.ts';
import {type Transport, TransportDown} from '#transport/transport.ts';
import {createPacker} from './pack.ts';

type Parts = {
	readonly transport: Transport;
	readonly names: Names;
	/** Who wants the outcomes. */
	readonly home: string;
	readonly epoch: number;
};

type Placed = (placement: Placement) => void;

const againMs = 500;

export function createPull({clock, metrics, log}: Ambient, {transport, names, home, epoch}: Parts): Dispatch {
	const packer = createPacker();
	let counter = 0;

	const publish = async (pack: readonly Placement[], placed: Placed): Promise<void> => {
		const {pool, class: lane} = pack[0]?.row ?? {pool: '', class: ''};
		const head: Work = {copy: `${home}.${epoch}.${++counter}`, home, epoch, items: pack.map(itemOf)};
		const body = encodeFrame(
			head,
			pack.map(({input}) => input),
		);
		metrics.published.inc({kind: 'work'});
		const properties = {
			type: messageTypes.work,
			contentType: 'application/octet-stream',
			messageId: head.copy,
		};
		const published = await transport.publish({exchange: '', key: names.work(pool, lane), body, properties});
		if (published === 'unroutable') throw new TransportDown(`There is no queue ${names.work(pool, lane)}`);
		if (published === 'refused') throw new TransportDown(`The queue ${names.work(pool, lane)} is full`);
		for (const placement of pack) placed(placement);
	};

	/** R9: whether the broker has it is not known, so every further publish is marked and travels alone. */
	const repeat = async (placement: Placement, placed: Placed): Promise<void> => {
		for (;;) {
			await pause(clock, againMs);
			try {
				return await publish([{...placement, again: true}], () => placed(placement));
			} catch (error) {
				if (!(error instanceof TransportDown)) throw error;
			}
		}
	};

	const send = (pack: readonly Placement[], placed: Placed) => {
		publish(pack, placed).catch(error => {
			log.warn({err: error, attempts: pack.length}, 'a dispatch is not confirmed; dispatching again');
			for (const placement of pack) {
				repeat(placement, placed).catch(bug => log.error({err: bug}, 'a dispatch failed'));
			}
		});
	};
	return {
		place(placements, placed) {
			for (const pack of packer.pack(placements)) send(pack, placed);
		},
		measured: (version, runMs) => packer.measured(version, runMs),
	};
}

function itemOf({row, again}: Placement): WorkItem {
	const {id: task, attempt, function: fn, version, wallMs, deadline} = row;
	return {task, attempt, again, function: fn, version, wallMs, deadline};
}
