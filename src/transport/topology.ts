// Every exchange and queue of an installation, with who writes, who reads and why it is shaped so.
// Valid on RabbitMQ 3.10 to 4.x: quorum or exclusive queues, explicit types, no server-wide prefetch.
import {type Class, classes, defaultPool} from '#actors/lane.ts';
import type {Exchange, Queue, Topology} from './transport.ts';

/** The broker counts bystanders and polite drains as deliveries: a backstop, never a verdict (R17). */
const deliveryBackstop = 1000;

export type Names = ReturnType<typeof names>;

/** The names of an installation; `prefix` keeps several apart on one broker. */
export function names(prefix = 'warren') {
	return {
		prefix,
		/** Producers publish here; the key is the function's name, after `cancel.` where they cancel. */
		tasks: `${prefix}.tasks`,
		/** Anyone may bind: `task.<function>.<state>`, `worker.<pool>.<state>`, `function.<name>.<state>`. */
		events: `${prefix}.events`,
		/** Nodes among themselves: `heartbeat.<worker>`, `heartbeat.supervisor.<id>`, `worker.<id>`, `supervisor.<id>`, `server.all`, `rules.<server>`. */
		control: `${prefix}.control`,
		/** The broker dead-letters here. */
		dlx: `${prefix}.dlx`,
		intake: `${prefix}.intake`,
		work: (pool: string, priority: Class) => `${prefix}.work.${pool}.${priority}`,
		node: (id: string) => `${prefix}.node.${id}`,
		outcomes: `${prefix}.outcomes`,
		functions: `${prefix}.functions`,
		returned: `${prefix}.returned`,
		/** What the broker dead-letters from the intake; a server settles it like any submission (R11). */
		refused: `${prefix}.refused`,
		dead: `${prefix}.dead`,
		/** A worker's mailbox: work for this one and no other. */
		worker: (id: string) => `${prefix}.worker.${id}`,
		/** The exclusive queue on which a server hears `warren.events`, while somebody listens there. */
		echo: (id: string) => `${prefix}.events.${id}`,
		/** The exclusive queue on which a process hears `warren.control`. */
		ear: (id: string) => `${prefix}.control.${id}`,
	};
}

function exchanges(n: Names): Exchange[] {
	return [n.tasks, n.events, n.control, n.dlx].map(name => ({name, type: 'topic' as const}));
}

/**
 * What Warren itself writes is `expendable`: the store has the tasks, and the audit dispatches again what a
 * queue has lost (R26). What producers wrote is not, nor are dead letters.
 */
const quorum = (name: string, more: Partial<Queue> = {}): Queue => ({name, type: 'quorum', ...more});

/** The key under which dead letters of Warren's own messages travel; producers' keys are function names. */
const returnedKey = 'warren.returned';
const refusedKey = 'warren.refused';

/** Lists of attempts, for any worker of the pool; one queue for each class, so that none waits behind another. */
function work(n: Names, pool: string): Queue[] {
	return classes.map(priority =>
		quorum(n.work(pool, priority), {
			deadLetterExchange: n.dlx,
			deadLetterKey: returnedKey,
			deliveryLimit: deliveryBackstop,
			expendable: true,
		}),
	);
}

/** What the broker gave up on in a queue of work. */
const returned = (n: Names): Queue =>
	quorum(n.returned, {expendable: true, bindings: [{exchange: n.dlx, key: returnedKey}]});

/** The queues of a pool, which its workers make, and whoever places something there first. */
export function workTopology(n: Names, pool: string): Topology {
	return {exchanges: exchanges(n), queues: [...work(n, pool), returned(n)]};
}

/** What servers and workers meet at; either may start first. */
function shared(n: Names): Queue[] {
	return [
		...work(n, defaultPool),
		returned(n),
		// Outcomes and claims whose home has no inbox (R8, R22); any server takes them.
		quorum(n.outcomes, {expendable: true}),
		// Workers ask for code here; answers go to their ear. Questions are asked again, so they may be lost.
		quorum(n.functions, {messageTtlMs: 60_000, expendable: true}),
	];
}

/** What every server declares: its own inbox has no expiry, which would destroy confirmed outcomes (R8). */
export function serverTopology(n: Names, node: string, intakeBytes: number): Topology {
	return {
		exchanges: exchanges(n),
		queues: [
			// Confirmed submissions that are no row yet. Bounded in bytes, so that producers are refused
			// before the broker raises its alarm against everyone. No delivery limit (R11).
			quorum(n.intake, {
				bindings: [{exchange: n.tasks, key: '#'}],
				deadLetterExchange: n.dlx,
				deadLetterKey: refusedKey,
				maxBytes: intakeBytes,
			}),
			quorum(n.refused, {bindings: [{exchange: n.dlx, key: refusedKey}]}),
			...shared(n),
			// Dead tasks and poisonous messages, for people and AMQP tools. Nothing consumes it.
			quorum(n.dead),
			quorum(n.node(node), {expendable: true}),
			ear(n, node, ['heartbeat.*', 'server.all']),
		],
	};
}

/** What every worker declares: nothing that a server's settings shape. */
export function workerTopology(n: Names, worker: string, pools: readonly string[]): Topology {
	const own = pools.filter(pool => pool !== defaultPool).flatMap(pool => work(n, pool));
	return {
		exchanges: exchanges(n),
		queues: [...shared(n), ...own, mailbox(n, worker), ear(n, worker, [`worker.${worker}`, 'worker.all'])],
	};
}

/**
 * Attempts that a server sends to this worker past the pool's queue. It goes with the worker's connection,
 * and what is in it too: whoever sends here remembers to whom, and finds `unroutable` once it is gone.
 */
function mailbox(n: Names, worker: string): Queue {
	return {
		name: n.worker(worker),
		type: 'classic',
		exclusive: true,
		deadLetterExchange: n.dlx,
		deadLetterKey: returnedKey,
	};
}

/** An ear of its own on `warren.control`, for a script or a process. */
export function ear(n: Names, id: string, keys: readonly string[]): Queue {
	return {
		name: n.ear(id),
		type: 'classic',
		exclusive: true,
		bindings: keys.map(key => ({exchange: n.control, key})),
		messageTtlMs: 30_000,
	};
}
