// A TCP relay that is far away: whatever passes arrives so much later, in its order.
import {connect, createServer, type Socket} from 'node:net';
import {portOf} from './ports.ts';

export type Lag = {readonly port: number; close(): Promise<void>};

/** @param delayMs one way */
export async function lagTo(target: {host: string; port: number}, delayMs: number): Promise<Lag> {
	const sockets = new Set<Socket>();
	const relay = (from: Socket, to: Socket) => {
		sockets.add(from);
		from.setNoDelay(true);
		from.on('data', chunk => setTimeout(() => to.writable && to.write(chunk), delayMs));
		from.on('end', () => setTimeout(() => to.end(), delayMs));
		from.on('error', () => to.destroy());
		from.on('close', () => sockets.delete(from));
	};
	const server = createServer({allowHalfOpen: true}, near => {
		const far = connect({...target, allowHalfOpen: true});
		relay(near, far);
		relay(far, near);
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	return {
		port: portOf(server),
		async close() {
			for (const socket of sockets) socket.destroy();
			await new Promise(resolve => server.close(resolve));
		},
	};
}
