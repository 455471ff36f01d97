// What can't be read, or can't become a task, is put aside in `warren.dead` with the reason, so that a
// person can look at it: nothing that reached Warren goes without a trace.
import type {Failure} from '#actors/failure.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Names} from '#transport/topology.ts';
import type {Delivery, Properties, Transport} from '#transport/transport.ts';
import {createInsist} from './insist.ts';

/** Resolves when the broker has the message in `warren.dead`. */
export type Park = (delivery: Delivery, failure: Failure) => Promise<void>;

/** What is larger can't be sent to `warren.dead`: its beginning must do. A broker may take 128 MiB. */
const mostBytes = 16 * 1024 * 1024;
const cutToBytes = 64 * 1024;

export function createParking(ambient: Ambient, transport: Transport, names: Names): Park {
	const insist = createInsist(ambient, transport, 'dead');
	return async (delivery, failure) => {
		const {properties, body} = delivery;
		const key = delivery.death?.key ?? delivery.key;
		const reason = {
			'x-warren-reason': failure.code,
			'x-warren-message': headline(failure.message),
			'x-warren-function': key,
			...(body.length > mostBytes && {'x-warren-bytes': body.length}),
		};
		const letter = {
			exchange: '',
			key: names.dead,
			body: body.length > mostBytes ? body.subarray(0, cutToBytes) : body,
		};
		const kept = parkable(properties);
		const park = (headers: Properties['headers'] = {}) =>
			insist({...letter, properties: {...kept, headers: {...headers, ...reason}}});
		await park(properties.headers).catch(error => {
			// More headers than a client library can send back; the body says enough.
			ambient.log.warn({err: error, key}, 'a message is parked without its headers');
			return park();
		});
	};
}

/** What a parked message keeps: not its time to live, and no number that a broker would refuse. */
function parkable({expiration: _, timestamp, ...rest}: Properties): Properties {
	return timestamp !== undefined && Number.isSafeInteger(timestamp) ? {...rest, timestamp} : rest;
}

/** All headers of a message together must fit into one frame of the broker, 128 KiB; the store has the rest. */
export const headline = (text: string): string => (text.length > 1000 ? `${text.slice(0, 1000)}…` : text);
