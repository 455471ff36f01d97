import {randomInt} from 'node:crypto';
import {createServer, type Server} from 'node:net';

// Below those that systems give to connections and to whoever asks for any (Linux from 32768 on): between our look
// and our use nobody takes one by chance.
const [lowest, highest] = [12_000, 32_000];

/** Ports of this machine that were free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
	// All are held at once, so that no port comes twice.
	const servers = await Promise.all(Array.from({length: count}, listen));
	const ports = servers.map(portOf);
	await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))));
	return ports;
}

export function portOf(server: Server): number {
	const address = server.address();
	if (address === null || typeof address === 'string')
		throw new Error('The server does not listen on a port');
	return address.port;
}

async function listen(): Promise<Server> {
	for (;;) {
		const server = await listenOn(randomInt(lowest, highest));
		if (server) return server;
	}
}

function listenOn(port: number): Promise<Server | undefined> {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', error => {
			if ('code' in error && error.code === 'EADDRINUSE') resolve(undefined);
			else reject(error);
		});
		server.listen(port, '127.0.0.1', () => resolve(server));
	});
}
