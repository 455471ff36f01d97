// Other areas by name, as people write them: `{cloud: {url: 'https://cloud.example:7070', key: wk_…}}`.
import {isGroup, readGroups} from './grouped.ts';

export type PeerArea = {readonly name: string; readonly url: string; readonly key: string | null};

export const areas = {
	says: () =>
		"other areas by name like `{cloud: {url: 'https://cloud.example:7070', key: wk_…}}`: `url` the base of their REST " +
		'door without a password, `key` an API key of theirs if they ask for one',
	/** What was read is a list, and is not read again. */
	bounded: false,
	read: (raw: unknown) => readGroups(raw, areaOf),
	/** Without the keys. */
	show(value: unknown): string {
		const list = (value as readonly PeerArea[]).map(({name, url, key}) => {
			return `${name}: {url: '${url}'${key === null ? '' : ', key: [hidden]'}}`;
		});
		return `{${list.join(', ')}}`;
	},
};

function areaOf(name: string, area: unknown): PeerArea | undefined {
	if (!/^[a-z][a-z0-9-]{0,50}$/.test(name) || !isGroup(area)) return undefined;
	const {url, key = null, ...unknown} = area;
	if (Object.keys(unknown).length > 0 || typeof url !== 'string' || !isBase(url)) return undefined;
	if (key !== null && (typeof key !== 'string' || !/^[\x21-\x7e]+$/.test(key))) return undefined;
	return {name, url, key};
}

function isBase(url: string): boolean {
	if (!/^https?:\/\//.test(url) || !URL.canParse(url)) return false;
	const {username, password, search, hash} = new URL(url);
	return username + password + search + hash === '';
}
