// Publishes that wait for a lost connection, each for as long as it may.
import type {Clock} from '#lib/clock.ts';
import {type Outgoing, type Published, TransportDown, usualPatienceMs} from '#transport/transport.ts';

type Waiting = {readonly send: () => void; readonly giveUp: (why: string) => void};

export class Patience {
	readonly #clock: Clock;
	readonly #send: (message: Outgoing) => Published;
	readonly #waiting = new Set<Waiting>();

	constructor(clock: Clock, send: (message: Outgoing) => Published) {
		this.#clock = clock;
		this.#send = send;
	}

	wait(message: Outgoing, patienceMs = usualPatienceMs): Promise<Published> {
		return new Promise((resolve, reject) => {
			const leave = () => {
				off();
				this.#waiting.delete(waiting);
			};
			const waiting: Waiting = {
				send: () => {
					leave();
					resolve(this.#send(message));
				},
				giveUp: why => {
					leave();
					reject(new TransportDown(`A message was not sent: ${why}`));
				},
			};
			const off = this.#clock.after(patienceMs, () => waiting.giveUp(`no connection for ${patienceMs} ms`));
			this.#waiting.add(waiting);
		});
	}

	/** The connection is back. */
	send(): void {
		for (const {send} of [...this.#waiting]) send();
	}

	giveUp(why: string): void {
		for (const waiting of [...this.#waiting]) waiting.giveUp(why);
	}
}
