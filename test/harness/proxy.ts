// A TCP proxy between a transport and its broker, to do to the connection what networks do.
import {connect, createServer, type Server, type Socket} from 'node:net';
import {portOf} from './ports.ts';

type Target = {readonly host: string; readonly port: number};
type Pair = {readonly client: Socket; readonly broker: Socket; frozen: boolean};

export class TcpProxy {
	readonly #server: Server;
	readonly #pairs = new Set<Pair>();
	readonly #host: string;
	#target: Target;
	#refusing = false;
	#silent = false;
	/** Counts the connections that were made through it. */
	made = 0;

	private constructor(target: Target, host: string) {
		this.#target = target;
		this.#host = host;
		this.#server = createServer(client => this.#join(client));
	}

	static async open(target: Target, host = '127.0.0.1'): Promise<TcpProxy> {
		const proxy = new TcpProxy(target, host);
		await new Promise<void>(resolve => proxy.#server.listen(0, host, resolve));
		return proxy;
	}

	get port(): number {
		return portOf(this.#server);
	}

	/** The connections through it that are there. */
	get size(): number {
		return this.#pairs.size;
	}

	/** The URL with the proxy in the place of the broker. */
	through(url: string): string {
		const through = new URL(url);
		through.hostname = this.#host;
		through.port = `${this.port}`;
		return through.href;
	}

	/** Breaks every connection; new ones are let through. */
	cut(): void {
		for (const {client, broker} of this.#pairs) {
			client.destroy();
			broker.destroy();
		}
		this.#pairs.clear();
	}

	/** Breaks every connection and refuses new ones. */
	refuse(): void {
		this.#refusing = true;
		this.cut();
	}

	/** After `refuse`: lets new connections through, to another port if the broker moved. */
	admit(target: Target = this.#target): void {
		this.#target = target;
		this.#refusing = false;
	}

	/** Half-open: the connections there are stay, and nothing passes in either direction. */
	freeze(): void {
		for (const pair of this.#pairs) {
			pair.frozen = true;
			pair.client.pause();
			pair.broker.pause();
		}
	}

	/** A partition: nothing passes, neither on the connections there are nor on new ones, and nobody is told. */
	silence(): void {
		this.#silent = true;
		this.freeze();
	}

	/** What the broker says stays here; what the client says passes. */
	deafen(): void {
		for (const pair of this.#pairs) {
			pair.frozen = true;
			pair.broker.pause();
		}
	}

	thaw(): void {
		this.#silent = false;
		for (const pair of this.#pairs) {
			pair.frozen = false;
			pair.client.resume();
			pair.broker.resume();
			// One side has left meanwhile, and the other was not told.
			if (pair.client.destroyed || pair.broker.destroyed) this.#end(pair);
		}
	}

	async close(): Promise<void> {
		this.cut();
		await new Promise(resolve => this.#server.close(resolve));
	}

	#join(client: Socket): void {
		if (this.#refusing) {
			client.destroy();
			return;
		}
		this.made += 1;
		const broker = connect(this.#target);
		const pair = {client, broker, frozen: this.#silent};
		this.#pairs.add(pair);
		const end = () => {
			// Half-open: the other side does not hear of it.
			if (!pair.frozen) this.#end(pair);
		};
		for (const [from, to] of [
			[client, broker],
			[broker, client],
		] as const) {
			from.setNoDelay(true);
			from.on('data', chunk => {
				if (!to.write(chunk)) from.pause();
			});
			to.on('drain', () => {
				if (!pair.frozen) from.resume();
			});
			from.on('error', end);
			from.on('close', end);
			if (pair.frozen) from.pause();
		}
	}

	#end(pair: Pair): void {
		this.#pairs.delete(pair);
		pair.client.destroy();
		pair.broker.destroy();
	}
}

export function targetOf(url: string): Target {
	const {hostname, port, protocol} = new URL(url);
	return {
		host: hostname.replace(/^\[|\]$/g, ''),
		port: Number(port) || (protocol === 'amqps:' ? 5671 : 5672),
	};
}
