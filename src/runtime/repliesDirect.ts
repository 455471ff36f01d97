// RabbitMQ closes the connection of whoever writes to a crafted direct reply-to, and no check of its form tells it
// from a good one (docs/decisions/0010). So an answer that was lost together with its connection is a suspect:
// suspects are tried again one at a time, on a connection that carries nothing else, so that only the guilty one is
// lost again, and it is given up. What was learned of an address is remembered: a guilty one is not tried again, a
// good one was lost for another's fault. Each guilty one costs the others in the line a second, and whoever
// chooses addresses can make any number of them: so nobody waits for more than some of those.
import {pause} from '#lib/clock.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Outgoing, PublishOptions, Transport} from '#transport/transport.ts';
import {createRecent} from './recent.ts';
import type {Attempt, Replies} from './repliesAttempt.ts';

/** One loss more may be chance: the broker was just leaving. */
const mostTries = 2;
const againMs = 500;
/** Losses of an answer to a good address, beside unknown ones; then it is tried alone. */
const mostLosses = 5;
/** Of suspects at a time. */
const mostInLine = 1000;
/** The most that a suspect waits for the guilty ones before it, ms. */
const mostLineMs = 30_000;
/** A suspect waits no longer for the connection that the one before it has lost, ms. */
const patienceMs = 5000;
const memory = {most: 1000, ageMs: 10 * 60_000};

export function createDirectReplies(
	{clock}: Ambient,
	transport: Pick<Transport, 'blocked'>,
	{publish, giveUp}: Attempt,
): Replies {
	const good = createRecent<true>(clock, memory);
	const guilty = createRecent<true>(clock, memory);
	let line: Promise<void> = Promise.resolve();
	let inLine = 0;
	/** How long the tries of the guilty have taken, all together. */
	let spentMs = 0;

	/** False: it was lost with its connection. */
	const once = async (message: Outgoing, options: PublishOptions): Promise<boolean> => {
		const published = await publish(message, options);
		const isThrough = published === 'taken' || published === 'unroutable';
		if (isThrough) good.set(message.key, true);
		return isThrough;
	};
	/** Some time after a loss: whether it may have been the address. While the broker is out of reach for all, none is to blame. */
	const isSuspicious = async (): Promise<boolean> => {
		const wasAway = transport.blocked() !== undefined;
		await pause(clock, againMs);
		return !wasAway && transport.blocked() === undefined;
	};
	const tryAlone = async (message: Outgoing, joinedAt: number): Promise<void> => {
		for (let tries = 0; tries < mostTries; ) {
			if (guilty.get(message.key)) return giveUp(message, 'closing');
			if (spentMs - joinedAt > mostLineMs) return giveUp(message, 'waiting');
			const since = clock.now();
			if (await once(message, {lane: 'suspects', patienceMs})) return;
			if (!(await isSuspicious())) continue;
			tries++;
			spentMs += clock.now() - since;
		}
		guilty.set(message.key, true);
		giveUp(message, 'closing');
	};
	const suspect = async (message: Outgoing): Promise<void> => {
		if (inLine >= mostInLine) return giveUp(message, 'waiting');
		inLine++;
		const joinedAt = spentMs;
		const mine = line
			.then(() => tryAlone(message, joinedAt))
			.finally(() => {
				inLine--;
			});
		line = mine.catch(() => {});
		return mine;
	};
	return async message => {
		for (let losses = 0; losses < mostLosses; ) {
			if (guilty.get(message.key)) return giveUp(message, 'closing');
			if (await once(message, {lane: 'replies'})) return;
			const isKnown = good.get(message.key) !== undefined;
			if (!isKnown && transport.blocked() === undefined) break;
			if (await isSuspicious()) losses++;
		}
		return suspect(message);
	};
}
