// One connection to the broker that comes back by itself. amqplib reconnects after growing, jittered
// delays and runs `setup` before it calls a connection good; channels, consumers and unconfirmed
// publishes are ours to restore. A half-open connection is noticed by missing heartbeats, at most
// three times five seconds later.
import {Duplex} from 'node:stream';
import {setImmediate as turn} from 'node:timers/promises';
import {type ChannelModel, connect, type RecoveringChannelModel} from 'amqplib';
import type {Ambient} from '#observe/observe.ts';
import {TransportDown} from '#transport/transport.ts';
import type {Address} from './address.ts';
import {delayOf, type Pace} from './backoff.ts';
import {gatherWrites} from './gathered.ts';

export type LinkHooks = {
	/** Makes a new connection useful; if it fails the connection is closed and tried again. */
	setup(model: ChannelModel): Promise<void>;
	up(): void;
	down(why: string): void;
	/** The broker began or ended to refuse writes. */
	pressure(): void;
};

// A broker that is up again is found within about a second: its restart is what all that is open waits for.
const pace: Pace = {firstMs: 100, longestMs: 1000, jitter: 0.3};

/** How long a closing handshake may take, ms. */
const farewellMs = 2000;

/** What no waiting will mend: a wrong password; and how amqplib says that the virtual host was refused. */
const wrongLogin = /ACCESS[_-]REFUSED/;
const wrongVhost = /got <ConnectionClose/;

type Waiter = {readonly resolve: (model: ChannelModel) => void; readonly reject: (error: Error) => void};

export class Link {
	readonly #ambient: Ambient;
	readonly #address: Address;
	readonly #role: string;
	readonly #hooks: LinkHooks;
	readonly #dice: () => number;
	readonly #waiters = new Set<Waiter>();
	#recovering: RecoveringChannelModel | undefined;
	#model: ChannelModel | undefined;
	#blocked: string | undefined;
	#failures = 0;
	#wasUp = false;
	/** The latest reason for not being connected. */
	#last = 'no answer yet';
	#closed = false;
	/** Ends an attempt to connect. */
	readonly #leaving = new AbortController();

	/** @param dice a number in [0, 1) for the jitter of the next try */
	constructor(ambient: Ambient, address: Address, role: string, hooks: LinkHooks, dice = Math.random) {
		this.#ambient = ambient;
		this.#address = address;
		this.#role = role;
		this.#hooks = hooks;
		this.#dice = dice;
	}

	/** Set while the connection is good. */
	get model(): ChannelModel | undefined {
		return this.#model;
	}

	get role(): string {
		return this.#role;
	}

	/** Why the broker refuses writes. */
	get blocked(): string | undefined {
		return this.#blocked;
	}

	/** Begins to connect; `ready` says when it has. */
	async open(): Promise<void> {
		const setup = (model: ChannelModel) => this.#setup(model);
		const {connect: target, socket} = this.#address;
		// amqplib hands it to the socket; its types don't know.
		const leaving = {signal: this.#leaving.signal};
		const calculateDelay = (tries: number) => delayOf(pace, tries, this.#dice);
		const recovery = {waitForConnect: false, calculateDelay, setup};
		const recovering = await connect(target, {...socket, ...leaving, recovery});
		this.#recovering = recovering;
		recovering.on('connect', model => this.#up(model));
		recovering.on('disconnect', error => this.#down(error));
		recovering.on('connect-failed', error => this.#fail(error));
		recovering.on('blocked', reason => this.#press(reason));
		recovering.on('unblocked', () => this.#press(undefined));
		// Every one of them is followed by a `disconnect`, which is handled.
		recovering.on('error', () => {});
		if (this.#closed) await recovering.close();
	}

	/** The connection, waited for at most `patienceMs`. @throws TransportDown */
	async ready(patienceMs: number): Promise<ChannelModel> {
		if (this.#closed) throw this.#gone('closed');
		if (this.#model) return this.#model;
		const {promise, resolve, reject} = Promise.withResolvers<ChannelModel>();
		const waiter = {resolve, reject};
		this.#waiters.add(waiter);
		const off = this.#ambient.clock.after(patienceMs, () => reject(this.#gone('out of reach')));
		return promise.finally(() => {
			off();
			this.#waiters.delete(waiter);
		});
	}

	/** Gives up the connection, with what is under way on it, and opens another. */
	renew(why: string): void {
		// Without an error amqplib would find out by its heartbeats.
		if (this.#model) streamOf(this.#model)?.destroy(new Error(why));
	}

	async close(): Promise<void> {
		this.#closed = true;
		for (const {reject} of this.#waiters) reject(this.#gone('closed'));
		// amqplib does not listen to a connection that opens after its `close`: if the broker cut it then, its
		// error would end the process. So there is none: after a turn of the event loop an attempt is either
		// still at its handshake, which ends with its socket, or `#setup` listens.
		await turn();
		const model = this.#model;
		if (!model) this.#leaving.abort();
		const closing = this.#recovering?.close();
		// A broker that does not answer must not hold us: the socket is cut instead.
		const {promise, resolve} = Promise.withResolvers<void>();
		const off = this.#ambient.clock.after(farewellMs, resolve);
		await Promise.race([closing, promise]);
		off();
		this.#model = undefined;
		if (model) cut(model);
	}

	async #setup(model: ChannelModel): Promise<void> {
		let lost = false;
		const stream = streamOf(model);
		if (stream) gatherWrites(stream);
		model.on('error', () => {
			lost = true;
		});
		model.once('close', () => {
			lost = true;
			cut(model);
		});
		await this.#hooks.setup(model);
		// amqplib listens for the end only from here on: it must not be told that all is well.
		if (lost) throw new Error('the connection was lost while it was being set up');
	}

	#up(model: ChannelModel): void {
		const {log} = this.#ambient;
		this.#model = model;
		this.#wasUp = true;
		if (this.#failures > 0)
			log.warn({role: this.#role, broker: this.#address.shown}, 'connected to the broker again');
		this.#failures = 0;
		for (const {resolve} of this.#waiters) resolve(model);
		this.#hooks.up();
	}

	#down(error: Error): void {
		this.#model = undefined;
		this.#blocked = undefined;
		this.#complain(error, 'the connection to the broker was lost');
		this.#hooks.down(error.message);
	}

	#fail(error: Error): void {
		if (this.#closed) return;
		const vhost = wrongVhost.test(error.message);
		const why = vhost
			? 'refused: does its virtual host exist, and may this user enter it?'
			: `refused: ${error.message}`;
		this.#complain(vhost ? new Error(why, {cause: error}) : error, 'the broker is out of reach');
		// One that has let us in before is only starting again.
		if (this.#wasUp || !(vhost || wrongLogin.test(error.message))) return;
		for (const {reject} of this.#waiters) reject(this.#gone(why));
	}

	/** The first of a row of failures is worth a warning; the rest says nothing new. */
	#complain(error: Error, message: string): void {
		const fields = {role: this.#role, broker: this.#address.shown, why: error.message};
		if (this.#failures === 0) this.#ambient.log.warn(fields, message);
		else this.#ambient.log.debug(fields, message);
		this.#failures += 1;
		this.#last = error.message;
	}

	#press(reason: string | undefined): void {
		this.#blocked = reason;
		this.#ambient.log.warn(
			{role: this.#role, reason},
			reason === undefined ? 'the broker takes writes again' : 'the broker refuses writes',
		);
		this.#hooks.pressure();
	}

	#gone(why: string): TransportDown {
		const detail = why === 'out of reach' ? `: ${this.#last}` : '';
		return new TransportDown(`The connection to ${this.#address.shown} is ${why}${detail}`);
	}
}

/** Frees the socket of a connection whose other end may never answer. */
function cut(model: ChannelModel): void {
	streamOf(model)?.destroy();
}

function streamOf(model: ChannelModel): Duplex | undefined {
	const stream: unknown = Reflect.get(model.connection, 'stream');
	return stream instanceof Duplex ? stream : undefined;
}
