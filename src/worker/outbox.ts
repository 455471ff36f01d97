// Outcomes on their way home. What ends in one turn of the event loop travels as one message for each
// home. A lost confirm means publishing again under the same ids (R23): the home takes the first.

import type {OutcomeItem, Outcomes} from '#contract/outcome.ts';
import {messageTypes} from '#contract/work.ts';
import {pause} from '#lib/clock.ts';
import {encodeFrame} from '#lib/frame.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Names} from '#transport/topology.ts';
import {type Published, type Transport, TransportDown} from '#transport/transport.ts';

export type Outbox = {
	/** Resolves when the broker has the outcome. */
	send(home: string, outcome: Outcome): Promise<void>;
};

export type Outcome = {
	readonly item: OutcomeItem;
	readonly result?: Buffer | undefined;
	readonly logs?: Buffer | undefined;
};

type Waiting = Outcome & {readonly sent: () => void};

/** A broker of version 4 takes at most 16 MiB; one outcome has at most 8 and its logs. */
const mostBytes = 4 * 1024 * 1024;
const againMs = 500;

type Parts = {readonly worker: string; readonly transport: Transport; readonly names: Names};

export function createOutbox({clock, log, metrics}: Ambient, {worker, transport, names}: Parts): Outbox {
	const homes = new Map<string, Waiting[]>();

	const publish = async (key: string, body: Buffer): Promise<Published> => {
		metrics.published.inc({kind: 'outcomes'});
		const properties = {type: messageTypes.outcomes, contentType: 'application/octet-stream'};
		return transport.publish({exchange: '', key, body, properties});
	};
	const deliver = async (home: string, list: readonly Waiting[]): Promise<void> => {
		const head: Outcomes = {worker, items: list.map(({item}) => item)};
		const body = encodeFrame(
			head,
			list.flatMap(({result, logs}) => [result, logs]),
		);
		for (;;) {
			try {
				// R8: a home whose inbox is gone is gone for good; any server takes its outcomes.
				const published = await publish(names.node(home), body);
				const taken = published === 'unroutable' ? await publish(names.outcomes, body) : published;
				if (taken === 'taken') break;
			} catch (error) {
				if (!(error instanceof TransportDown)) throw error;
				log.debug({outcomes: list.length}, 'the broker is out of reach; outcomes are held');
			}
			await pause(clock, againMs);
		}
		for (const {sent} of list) sent();
	};
	const flush = () => {
		for (const [home, list] of homes) {
			homes.delete(home);
			for (const part of slices(list)) {
				deliver(home, part).catch(error => log.error({err: error}, 'outcomes could not be sent'));
			}
		}
	};
	return {
		send: (home, outcome) =>
			new Promise(sent => {
				if (homes.size === 0) setImmediate(flush);
				const list = homes.get(home) ?? [];
				list.push({...outcome, sent});
				homes.set(home, list);
			}),
	};
}

function slices(list: readonly Waiting[]): Waiting[][] {
	const parts: Waiting[][] = [];
	let bytes = Number.POSITIVE_INFINITY;
	for (const one of list) {
		const size = (one.result?.length ?? 0) + (one.logs?.length ?? 0);
		if (bytes + size > mostBytes) {
			parts.push([]);
			bytes = 0;
		}
		parts.at(-1)?.push(one);
		bytes += size;
	}
	return parts;
}
