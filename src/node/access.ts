// Whether callers of REST need keys, and which there are.
import {existsSync} from 'node:fs';
import {isLoopback} from '#gateway/restSite.ts';
import {usualKeyFile} from '#keys/keyFile.ts';
import {openKeyRing} from '#keys/keyRing.ts';
import type {Keys} from '#keys/keys.ts';
import type {Ambient} from '#observe/observe.ts';

export type AccessOptions = {
	/** The file of API keys; `keys.json` in the data folder unless given, and asked for only if given or there. */
	readonly keys?: string;
	/** Answer everybody who reaches the address. */
	readonly open?: boolean;
};

/** REST would be open to everybody, or to nobody; the message says what to do. */
export class KeysMissing extends Error {
	override readonly name = 'KeysMissing';
}

/**
 * The keys that callers need; undefined if they need none. On loopback that is so until there is a file
 * of keys, anywhere else only if `open` says so.
 * @throws KeysMissing, KeyFileTrouble
 */
export async function openAccess(
	ambient: Ambient,
	data: string,
	{host, keys, open = false}: AccessOptions & {readonly host: string},
): Promise<Keys | undefined> {
	const {log} = ambient;
	const file = keys ?? usualKeyFile(data);
	const isPrivate = isLoopback(host);
	if (open) {
		if (!isPrivate) log.warn({host}, 'whoever reaches REST may do everything: `http.open` is on');
		return undefined;
	}
	if (isPrivate && keys === undefined && !existsSync(file)) return undefined;
	const ring = await openKeyRing(ambient, file);
	if (ring.size === 0) throw new KeysMissing(missing(host, file, isPrivate));
	log.info({file, keys: ring.size}, 'callers of REST need an API key');
	return ring;
}

function missing(host: string, file: string, isPrivate: boolean): string {
	const make = `make one with \`warren keys create NAME --scopes deploy,submit,read,operate --file ${file}\``;
	return isPrivate
		? `There is no API key in ${file}, so nobody could call: ${make}, or remove the file and \`http.keys\``
		: `REST on ${host} needs API keys, and there is none in ${file}: ${make}, or set \`http.open: true\` ` +
				'if nobody but you reaches that address';
}
