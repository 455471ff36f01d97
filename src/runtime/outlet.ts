// What follows a commit and leaves this process: replies, dead letters, events, orders to workers.
import {isTerminal, type TaskState} from '#actors/task.ts';
import type {Happening} from '#contract/status.ts';
import type {Feed} from '#observe/feed.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Store, TaskRow} from '#store/store.ts';
import type {Names} from '#transport/topology.ts';
import type {Outgoing, Transport} from '#transport/transport.ts';
import type {Announcer} from './announcer.ts';
import {createInsist} from './insist.ts';
import {headline} from './parking.ts';
import type {Replies} from './replies.ts';
import type {Outlet} from './runtime.ts';
import type {Tombs} from './tombs.ts';

type Parts = {
	readonly store: Store;
	readonly transport: Transport;
	readonly names: Names;
	readonly feed: Feed;
	readonly announcer: Announcer;
	readonly tombs: Tombs;
	readonly answer: Replies;
};

export function createOutlet(ambient: Ambient, parts: Parts): Outlet {
	const {store, names, feed, announcer, tombs, answer} = parts;
	const insist = createInsist(ambient, parts.transport, 'dead');
	return {
		async reply(row, given) {
			if (row.replyTo === null) return;
			const result =
				row.state === 'succeeded' ? (given ?? (await store.results([row.id])).get(row.id)) : undefined;
			// The caller may be gone: then nobody is bound, and that is an end too.
			await answer(replyTo(row, result));
		},
		async bury(row) {
			const input = (await store.inputs([row.id])).get(row.id);
			await insist(deadLetter(row, input ?? Buffer.from('null'), names.dead));
		},
		stop: (task, attempt) => tombs.add(task, attempt),
		tell(row, state) {
			if (!feed.heard && !announcer.isHeard(`task.${row.function}.${state}`)) return;
			const happening = happeningOf(row, state);
			feed.tell(happening);
			announcer.announce(happening);
		},
	};
}

function replyTo(row: TaskRow, result: Buffer | undefined): Outgoing {
	const body =
		row.state === 'succeeded' ? (result ?? Buffer.from('null')) : Buffer.from(JSON.stringify(row.failure));
	return {
		exchange: '',
		key: row.replyTo ?? '',
		body,
		properties: {
			type: `task.${row.state}`,
			contentType: 'application/json',
			...(row.correlationId !== null && {correlationId: row.correlationId}),
			messageId: `${row.id}.${row.attempt}`,
			headers: {
				'x-warren-task': row.id,
				'x-warren-attempt': row.attempt,
				...(row.trace && {traceparent: row.trace}),
			},
		},
	};
}

/** The original body under the original key, so that a shovel back to `warren.tasks` is a redrive. */
function deadLetter(row: TaskRow, input: Buffer, queue: string): Outgoing {
	return {
		exchange: '',
		key: queue,
		body: input,
		properties: {
			type: 'task.dead',
			contentType: 'application/json',
			...(row.key !== null && {messageId: row.key}),
			...(row.correlationId !== null && {correlationId: row.correlationId}),
			headers: {
				'x-warren-task': row.id,
				'x-warren-function': row.function,
				'x-warren-reason': row.failure?.code ?? 'INTERNAL',
				'x-warren-message': headline(row.failure?.message ?? ''),
				'x-warren-attempts': row.attempt,
			},
		},
	};
}

export function happeningOf(row: TaskRow, state: TaskState): Happening {
	const failed = isTerminal(state) || state === 'retrying' ? row.failure?.code : undefined;
	const {id, function: group, attempt, updatedAt: at} = row;
	return {actor: 'task', id, group, state, attempt, ...(failed && {code: failed}), at};
}
