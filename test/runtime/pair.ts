import type {Server, World} from './world.ts';

/** Two servers on one store and one broker. */
export async function pair(all: World, window = 2000): Promise<[Server, Server]> {
	const one = await all.server({id: 'n1', durable: true, window});
	const two = await all.server({id: 'n2', durable: true, window});
	await one.deploy('fib');
	await all.quiet();
	return [one, two];
}
