import {exitCodes} from '#cli/exit.ts';
import type {Ambient} from '#observe/observe.ts';
import {openTransport} from '#transport/open.ts';
import {type Transport, TransportDown} from '#transport/transport.ts';

/** How long a script waits for a broker that a person has just named, ms. */
const patienceMs = 10_000;

/** A script's connection to a broker; ends the process with one sentence where there is none to be had. */
export async function reach(ambient: Ambient, url: string, name: string): Promise<Transport> {
	try {
		return await openTransport(ambient, {url, name, patienceMs});
	} catch (error) {
		const isAway = error instanceof TransportDown;
		if (!isAway && !(error instanceof TypeError)) throw error;
		console.error(`${error.message}${isAway ? '\nDoes it run there? Give its address with --broker.' : ''}`);
		process.exit(isAway ? exitCodes.unreachable.code : exitCodes.usage.code);
	}
}
