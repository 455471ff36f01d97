import type {Ambient} from '#observe/observe.ts';
import {createHub, type Hub} from './memory/hub.ts';
import type {Transport} from './transport.ts';

export type {Hub} from './memory/hub.ts';
export {createHub} from './memory/hub.ts';

export type OpenOptions = {
	/** `memory:`, `amqp://user:password@host:port/vhost` or `amqps://…`. */
	readonly url: string;
	/** Shown by the broker's tools; names the process. */
	readonly name: string;
	/** With `memory:`: the broker that several transports of one process share; without it a new one. */
	readonly hub?: Hub;
};

/** Connects to the broker that the URL names. */
export async function openTransport(ambient: Ambient, {url, hub}: OpenOptions): Promise<Transport> {
	if (url === 'memory:') return (hub ?? createHub(ambient)).connect();
	throw new TypeError(`Expected the broker's \`url\` to start with memory:, amqp:// or amqps://, got ${url}`);
}
