import type {Verdict} from '#transport/transport.ts';
import type {World} from './world.ts';

/** Takes what stands first in the queue, of which nobody will hear again. */
export async function steal(all: World, queue: string): Promise<void> {
	const cancelled = Promise.withResolvers<Verdict>();
	let stolen = 0;
	const thief = await all.line.consume(queue, {prefetch: 1}, () =>
		stolen++ === 0 ? 'ack' : cancelled.promise,
	);
	await all.quiet();
	const gone = thief.cancel();
	cancelled.resolve('retry');
	await gone;
}

/** How many messages of work were sent. */
export const dispatches = (all: World): number =>
	all.record.sent.filter(({properties}) => properties?.type === 'warren.work').length;
