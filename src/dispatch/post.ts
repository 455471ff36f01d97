// One list of attempts as a message in a queue.
import {defaultClass} from '#actors/lane.ts';
import {messageTypes, type Work, type WorkItem} from '#contract/work.ts';
import {encodeFrame} from '#lib/frame.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Office, Placement} from '#runtime/runtime.ts';
import type {Published, Transport} from '#transport/transport.ts';
import {patienceOf} from './late.ts';

/** A list of one class, which has a name by itself, and the queue it goes to. @throws TransportDown when nobody knows whether it got there */
export type Post = (pack: readonly Placement[], queue: string) => Promise<Published>;

export function createPost(
	{metrics}: Ambient,
	transport: Transport,
	{home, epoch, leaseMs}: Pick<Office, 'home' | 'epoch' | 'leaseMs'>,
): Post {
	const patienceMs = patienceOf(leaseMs);
	let counter = 0;
	return (pack, queue) => {
		const copy = `${home}.${epoch}.${++counter}`;
		const {class: priority = defaultClass, pool} = pack[0]?.row ?? {};
		const head: Work = {copy, home, epoch, class: priority, ...(pool && {pool}), items: pack.map(itemOf)};
		const body = encodeFrame(
			head,
			pack.map(({input}) => input),
		);
		const properties = {
			type: messageTypes.work,
			contentType: 'application/octet-stream',
			messageId: copy,
		};
		metrics.published.inc({kind: 'work'});
		return transport.publish({exchange: '', key: queue, body, properties}, {patienceMs});
	};
}

export function itemOf({row, again}: Pick<Placement, 'row' | 'again'>): WorkItem {
	const {id: task, attempt, function: fn, version, wallMs, deadline, chunk} = row;
	return {task, attempt, again, function: fn, version, wallMs, deadline, ...(chunk !== null && {chunk})};
}
