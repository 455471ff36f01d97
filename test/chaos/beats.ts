// Hears what the workers say they hold, as a server does.
import {type ChannelModel, connect} from 'amqplib';
import {checkHeartbeat, type Heartbeat} from '#contract/control.ts';
import {readJson} from '#lib/json.ts';
import type {Names} from '#transport/topology.ts';

export type Beats = {
	/** Resolves with the next beat for which it is true. */
	until(fits: (beat: Heartbeat) => boolean): Promise<Heartbeat>;
	/** Is told of every beat from now on, before whoever waits for it. */
	each(tell: (beat: Heartbeat) => void): void;
	close(): Promise<void>;
};

/** A wait that is not fulfilled within this time fails, ms. */
const patienceMs = 60_000;

export async function hearBeats(url: string, names: Names): Promise<Beats> {
	const model: ChannelModel = await connect(url, {noDelay: true});
	const channel = await model.createChannel();
	const {queue} = await channel.assertQueue('', {exclusive: true});
	await channel.bindQueue(queue, names.control, 'heartbeat.*');
	const always: ((beat: Heartbeat) => void)[] = [];
	const waiting = new Set<(beat: Heartbeat) => void>();
	const hear = (body: Buffer) => {
		const checked = checkHeartbeat(readJson(body));
		if (checked.ok) for (const tell of [...always, ...waiting]) tell(checked.value);
	};
	await channel.consume(queue, message => message && hear(message.content), {noAck: true});
	return {
		until: fits =>
			new Promise((resolve, reject) => {
				const fail = () => reject(new Error(`No heartbeat that fits came in ${patienceMs} ms`));
				const timer = setTimeout(fail, patienceMs);
				const tell = (beat: Heartbeat) => {
					if (!fits(beat)) return;
					clearTimeout(timer);
					waiting.delete(tell);
					resolve(beat);
				};
				waiting.add(tell);
			}),
		each: tell => void always.push(tell),
		close: () => model.close(),
	};
}
