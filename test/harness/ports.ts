import {createServer, type Server} from 'node:net';

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

function listen(): Promise<Server> {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', reject);
		server.listen(0, '127.0.0.1', () => resolve(server));
	});
}
