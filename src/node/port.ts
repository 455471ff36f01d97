import {once} from 'node:events';
import {createServer} from 'node:net';

type Place = {readonly host: string; readonly port: number};

/** Listens for a moment where REST will. @throws UsageError when that can't be */
export async function probe(place: Place): Promise<void> {
	const server = createServer().listen({host: place.host, port: place.port});
	try {
		await once(server, 'listening');
	} catch (error) {
		throw portTrouble(error, place);
	}
	server.close();
	await once(server, 'close');
}

/** A port that is taken is the user's to solve: it is named, with the way out. */
export function portTrouble(error: unknown, {host, port}: Place): unknown {
	if (!(error instanceof Error) || !('code' in error)) return error;
	if (error.code === 'EADDRINUSE') {
		return named(`Port ${port} at ${host} is taken by another process; choose one with --port`, error);
	}
	if (error.code === 'EADDRNOTAVAIL' || error.code === 'EACCES') {
		return named(`This process can't listen on ${host}:${port} (${error.code}); see --host, --port`, error);
	}
	return error;
}

function named(message: string, cause: Error): Error {
	return Object.assign(new Error(message, {cause}), {name: 'UsageError'});
}
