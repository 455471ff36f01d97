import {fail} from '#actors/failure.ts';
import {StoreTrouble} from './store.ts';

/** The trouble of a store that can't be used; `message` says why and what to do. */
export function unavailable(message: string, cause?: unknown): StoreTrouble {
	return new StoreTrouble(fail('UNAVAILABLE', message), cause === undefined ? undefined : {cause});
}
