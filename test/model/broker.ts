// The broker: queues in order, redelivery to the front when a connection is lost, delivery limits.
import type {Model} from './model.ts';
import type {Body, Message, Process} from './state.ts';
import type {World} from './world.ts';

/** False: there is no such queue. */
export function publish(w: World, queue: string, body: Body): boolean {
	const messages = w.queues[queue];
	if (!messages) return false;
	messages.push({body, redelivered: false, count: 0, from: ''});
	return true;
}

/**
 * Where a node may send to one worker past the queue of all: the queue is exclusive, so it goes with the
 * worker's connection, and what was in it or came from it does not come back.
 */
export const mailbox = (worker: string): string => `mailbox ${worker}`;
export const isMailbox = (queue: string): boolean => queue.startsWith('mailbox ');

/** A connection's name; a crash or a reconnect makes a new one. */
export const linkOf = (id: string, {epoch, link}: Process): string => `${id}#${epoch}.${link}`;

export type Taken = {readonly tag: number; readonly owner: string; readonly message: Message};

export function take(w: World, queue: string, id: string, process: Process): Taken {
	const message = w.queues[queue]?.shift();
	if (!message) throw new Error(`expected a message in ${queue}`);
	process.tags++;
	const owner = linkOf(id, process);
	w.unacked.push({tag: process.tags, queue, message, owner});
	return {tag: process.tags, owner, message};
}

export function ack(w: World, tag: number, owner: string): void {
	w.unacked = w.unacked.filter(one => !(one.tag === tag && one.owner === owner));
}

/** What a lost connection held goes back in order, or is dead-lettered at the limit. */
export function dropLink(m: Model, w: World, owner: string): void {
	delete w.queues[mailbox(owner.split('#')[0] ?? '')];
	const back = w.unacked.filter(one => one.owner === owner);
	if (back.length === 0) return;
	w.unacked = w.unacked.filter(one => one.owner !== owner);
	for (const {queue, message} of back.reverse()) {
		const next = {...message, redelivered: true, count: message.count + 1};
		if (isGivenUp(m, queue, next)) {
			w.queues.returned?.push({body: message.body, redelivered: false, count: 0, from: queue});
		} else w.queues[queue]?.unshift(next);
	}
}

function isGivenUp({config, rules}: Model, queue: string, {count}: Message): boolean {
	const limited = queue === 'work' || (queue === 'intake' && rules.intakeDead !== 'none');
	return limited && count > (config.limit ?? 9);
}

/** A broker inside a process dies with it. */
export function wipe(w: World): void {
	w.unacked = [];
	for (const queue of Object.keys(w.queues)) w.queues[queue] = [];
}
