/**
 * The in-process broker: no network, no disk, the same laws as RabbitMQ (`../transport.ts`).
 * What it holds dies with the process, so its transports are not `durable`.
 */
import type {Ambient} from '#observe/observe.ts';
import type {Transport} from '#transport/transport.ts';
import {Broker} from './broker.ts';
import {Connection} from './connection.ts';

export type Hub = {
	/** A new connection: the transport of one process. */
	connect(): Transport;
	/** A connection is lost, and comes back at once or after this: what it had in hand is delivered again. */
	sever(transport: Transport, until?: Promise<void>): void;
	/** A connection is lost for good, as if its process had died: later verdicts and publishes are void. */
	kill(transport: Transport): void;
	/** Forgets everything; every connection is dead. */
	stop(): void;
};

export function createHub(ambient: Ambient): Hub {
	const broker = new Broker(ambient);
	const connections = new Set<Connection>();
	const find = (transport: Transport): Connection => {
		const connection = [...connections].find(one => one === transport);
		if (!connection) throw new TypeError('Expected a transport that this hub connected, got another');
		return connection;
	};
	return {
		connect() {
			const connection = new Connection(ambient, broker, orphans => {
				for (const one of connections) for (const orphan of orphans) one.adopt(orphan);
			});
			connections.add(connection);
			return connection;
		},
		sever(transport, until) {
			const connection = find(transport);
			connection.lose('lost', true);
			if (until) void until.then(() => connection.restore());
			else connection.restore();
		},
		kill(transport) {
			const connection = find(transport);
			connections.delete(connection);
			connection.lose('lost');
		},
		stop() {
			for (const connection of connections) connection.lose('stopped');
			connections.clear();
			broker.expiry.stop();
		},
	};
}
