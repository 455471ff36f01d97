// Addresses for answers that cost whoever writes to them the connection, in a world of fakes.
import {type Outgoing, TransportDown} from '#transport/transport.ts';
import type {Server} from './world.ts';

export const crafted = 'amq.rabbitmq.reply-to.g1h2AA5yZXBseUA3ODQ4.abc';
export const honest = 'amq.rabbitmq.reply-to.honest.';

/** How often an answer to it was given to the broker. */
export const tried = ({life}: Server, key: string) =>
	life.steps.filter(step => step.startsWith('before publish task.') && step.endsWith(` to ${key}`)).length;

/** A broker that closes the connection of whoever writes to a crafted address, with all that is on it. */
export function closing(node: Server): void {
	const wires = new Map<string, Outgoing[]>();
	node.mishaps.broker = (message, lane = 'work') => {
		if (!/^(task|cancel)\./.test(message.properties?.type ?? '') || message.key === 'warren.dead')
			return undefined;
		const wire = wires.get(lane) ?? [];
		wires.set(lane, wire);
		if (wire.push(message) === 1) setImmediate(() => wires.delete(lane));
		// All of one turn share the fate of the connection.
		return Promise.resolve().then(() => {
			if (wire.some(({key}) => key.startsWith(crafted))) throw new TransportDown('The connection was closed');
		});
	};
}
