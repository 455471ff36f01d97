import type {Ambient} from '#observe/observe.ts';
import {createHub, type Hub} from './memory/hub.ts';
import {redact} from './rabbit/address.ts';
import {openRabbit, type RabbitOptions} from './rabbit/transport.ts';
import type {Transport} from './transport.ts';

export type {Hub} from './memory/hub.ts';
export {createHub} from './memory/hub.ts';

/**
 * `url`: `memory:`, `amqp://user:password@host:port/vhost` or `amqps://…`.
 * `name`: names the process in the broker's tools.
 * `ca`, `cert`, `key`: paths of PEM files for `amqps://`.
 */
export type OpenOptions = RabbitOptions & {
	/** With `memory:`: the broker that several transports of one process share; without it a new one. */
	readonly hub?: Hub;
};

/**
 * Connects to the broker that the URL names.
 * @throws TransportDown when it can't be reached or refuses us; TypeError for a URL that is none
 */
export async function openTransport(ambient: Ambient, options: OpenOptions): Promise<Transport> {
	const {url, hub} = options;
	if (url === 'memory:') return (hub ?? createHub(ambient)).connect();
	if (/^amqps?:/.test(url)) return openRabbit(ambient, options);
	throw new TypeError(
		`Expected the broker's \`url\` to start with memory:, amqp:// or amqps://, got ${redact(url)}`,
	);
}
