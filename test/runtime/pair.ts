import type {ServerOptions} from './server.ts';
import type {Server, World} from './world.ts';

/** Two servers on one store and one broker. */
export async function pair(all: World, options: ServerOptions = {}): Promise<[Server, Server]> {
	const one = await all.server({durable: true, ...options, id: 'n1'});
	const two = await all.server({durable: true, ...options, id: 'n2'});
	await one.deploy('fib');
	await all.quiet();
	return [one, two];
}
