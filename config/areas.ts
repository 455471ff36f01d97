// Other areas by name, as people write them: `{cloud: {url: 'https://cloud.example:7070', key: wk_…}}`.
import {parse} from 'yaml';

export type PeerArea = {readonly name: string; readonly url: string; readonly key: string | null};

export const areas = {
	says: () =>
		"other areas by name like `{cloud: {url: 'https://cloud.example:7070', key: wk_…}}`: `url` the base of their REST " +
		'door without a password, `key` an API key of theirs if they ask for one',
	/** What was read is a list, and is not read again. */
	bounded: false,
	read(raw: unknown): readonly PeerArea[] | undefined {
		const written = typeof raw === 'string' ? parsed(raw) : raw;
		if (!isGroup(written)) return undefined;
		const list = Object.entries(written).map(([name, area]) => areaOf(name, area));
		return list.every(area => area !== undefined) ? list : undefined;
	},
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

const isGroup = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

function parsed(text: string): unknown {
	try {
		return parse(text) as unknown;
	} catch {
		return undefined;
	}
}
