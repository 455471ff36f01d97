// A key is `wk_<id>_<secret>`: the id finds its line in the list, the secret has 256 random bits. Slow,
// salted hashes are for what people think up, of which there are few enough to try; nobody tries 2^256,
// so SHA-256 keeps such a secret as well, and every request can afford it. Whoever reads the list can
// call nothing with it.
import {hash, randomBytes, timingSafeEqual} from 'node:crypto';

export type Made = {readonly id: string; readonly key: string; readonly hash: string};

/** A new key. Nothing else ever knows `key`. */
export function makeKey(): Made {
	const id = randomBytes(5).toString('hex');
	const key = `wk_${id}_${randomBytes(32).toString('base64url')}`;
	return {id, key, hash: hashOf(key)};
}

export const hashOf = (key: string): string => `sha256:${hash('sha256', key)}`;

const form = /^wk_([a-z0-9]{1,32})_[\w-]{43}$/;

/** The id in what was sent; undefined if that is no key at all. */
export const idOf = (sent: string): string | undefined => form.exec(sent)?.[1];

/** Takes as long whatever was sent, so that time tells nothing of the hash. */
export function isSame(one: string, other: string): boolean {
	const [a, b] = [Buffer.from(one), Buffer.from(other)];
	return a.length === b.length && timingSafeEqual(a, b);
}
