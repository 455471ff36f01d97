import {connect} from 'amqplib';
import type {ExecutionContext} from 'ava';
import {openTransport} from '#transport/open.ts';
import type {Transport} from '#transport/transport.ts';
import {testAmbient} from '../harness/ambient.ts';
import {arrivals} from '../harness/arrivals.ts';
import {TcpProxy, targetOf} from '../harness/proxy.ts';
import {prefix, rabbit} from '../harness/rabbit.ts';
import type {World} from './world.ts';

export type RabbitWorld = Omit<World, 'connect'> & {
	readonly url: string;
	/** The proxy before the broker that a transport of this world goes through. */
	proxyOf(transport: Transport): TcpProxy;
	connect(options?: {readonly window?: number; readonly patienceMs?: number}): Promise<Transport>;
};

/** Each transport goes through a proxy of its own, so that it can lose its connections. */
export async function openRabbitWorld(t: ExecutionContext): Promise<RabbitWorld> {
	const {url} = await rabbit();
	const ambient = testAmbient();
	const unique = prefix();
	const names = new Set<string>();
	const proxies = new Map<Transport, TcpProxy>();
	const proxyOf = (transport: Transport) => {
		const proxy = proxies.get(transport);
		if (!proxy) throw new Error('Not a transport of this world');
		return proxy;
	};
	t.teardown(async () => {
		await Promise.all(
			[...proxies].map(async ([transport, proxy]) => {
				proxy.cut();
				proxy.refuse();
				await transport.stop();
				await proxy.close();
			}),
		);
		await removeAll(url, names);
	});
	return {
		ambient,
		url,
		proxyOf,
		name(base) {
			const name = `${unique}.${base}`;
			names.add(name);
			return name;
		},
		async connect(options = {}) {
			const proxy = await TcpProxy.open(targetOf(url));
			const transport = await openTransport(ambient, {
				url: proxy.through(url),
				name: unique,
				patienceMs: 10_000,
				...options,
			});
			proxies.set(transport, proxy);
			return transport;
		},
		async sever(transport) {
			const states = arrivals<string>('states of the connection');
			transport.watch(state => states.push(state));
			proxyOf(transport).cut();
			await states.find(state => state === 'up');
		},
		async part(transport) {
			const states = arrivals<string>('states of the connection');
			transport.watch(state => states.push(state));
			proxyOf(transport).refuse();
			await states.find(state => state === 'down');
			return async () => {
				proxyOf(transport).admit();
				await states.find(state => state === 'up');
			};
		},
		async kill(transport) {
			const states = arrivals<string>('states of the connection');
			transport.watch(state => states.push(state));
			proxyOf(transport).refuse();
			await states.find(state => state === 'down');
		},
	};
}

/** Leaves nothing behind on a broker that is not ours. */
async function removeAll(url: string, names: ReadonlySet<string>): Promise<void> {
	const model = await connect(url, {noDelay: true});
	model.on('error', () => {});
	for (const name of names) {
		const channel = await model.createChannel();
		channel.on('error', () => {});
		await channel.deleteQueue(name);
		await channel.deleteExchange(name);
		await channel.close();
	}
	await model.close();
}
