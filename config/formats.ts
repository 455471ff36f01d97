// What the values of settings look like. Every format reads what a person wrote (a YAML value or the
// text of a variable or a flag) into what the program uses, says in words what it expects, and writes
// a value back the way a person would.
import {areTags, mostTags} from '#actors/lane.ts';
import {formatDuration, parseDuration} from '#lib/duration.ts';
import {areas} from './areas.ts';
import {autoscale} from './autoscale.ts';
import {ways} from './ways.ts';

type Bounds = {readonly min?: number; readonly max?: number};

export type Format = {
	/** Completes "Expected `key` to be …". */
	says(bounds: Bounds): string;
	/** Undefined: not this. */
	read(raw: unknown): unknown;
	show(value: unknown): string;
	/** Bounds are compared with the value itself. */
	readonly bounded?: boolean;
};

const binary = {b: 1, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30, tib: 2 ** 40} as const;
const decimal = {kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12} as const;
const byteUnits: Readonly<Record<string, number>> = {...binary, ...decimal};

function readDuration(raw: unknown): number | undefined {
	// A bare number would leave open of what: only zero needs no unit.
	if (raw === 0 || raw === '0') return 0;
	return typeof raw === 'string' ? parseDuration(raw) : undefined;
}

function showDuration(ms: number): string {
	const text = formatDuration(ms);
	return parseDuration(text) === ms ? text : `${ms}ms`;
}

function readBytes(raw: unknown): number | undefined {
	const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(String(raw).trim());
	const unit = byteUnits[match?.[2]?.toLowerCase() || 'b'];
	if (!match || unit === undefined || !isScalar(raw)) return undefined;
	const bytes = Number(match[1]) * unit;
	return Number.isSafeInteger(bytes) ? bytes : undefined;
}

function showBytes(bytes: number): string {
	const units = [['GiB', binary.gib] as const, ['MiB', binary.mib] as const, ['KiB', binary.kib] as const];
	const [name, size] = units.find(([, unit]) => bytes >= unit && bytes % unit === 0) ?? ['B', 1];
	return `${bytes / size}${name}`;
}

function readWhole(raw: unknown): number | undefined {
	const number = typeof raw === 'string' && /^-?\d+$/.test(raw.trim()) ? Number(raw) : raw;
	return Number.isSafeInteger(number) ? (number as number) : undefined;
}

function readNumber(raw: unknown): number | undefined {
	const number = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw;
	return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

const yes = ['true', 'yes', 'on', '1'];
const no = ['false', 'no', 'off', '0'];

function readFlag(raw: unknown): boolean | undefined {
	const text = isScalar(raw) ? String(raw).toLowerCase() : '';
	if (yes.includes(text)) return true;
	return no.includes(text) ? false : undefined;
}

const readText = (pattern: RegExp) => (raw: unknown) =>
	typeof raw === 'string' && pattern.test(raw) ? raw : undefined;

function readBroker(raw: unknown): string | undefined {
	if (raw === 'memory:') return raw;
	if (typeof raw !== 'string' || !/^amqps?:\/\//.test(raw) || !URL.canParse(raw)) return undefined;
	return new URL(raw).hostname === '' ? undefined : raw;
}

function readStore(raw: unknown): string | undefined {
	if (typeof raw !== 'string') return undefined;
	if (/^(memory:|sqlite:.+)$/.test(raw)) return raw;
	if (!/^postgres(?:ql)?:\/\//.test(raw) || !URL.canParse(raw)) return undefined;
	const {hostname, pathname, searchParams} = new URL(raw);
	// A password belongs before the @, where everything that shows a URL looks for it.
	const names = hostname !== '' || pathname.length > 1;
	return names && !searchParams.has('password') ? raw : undefined;
}

/** A text without the password of the URL or the API key in it, even of one that is written wrongly. */
export const hidePassword = (text: string): string =>
	text
		.replace(/(:\/\/[^:@/]*:).*@/, '$1[hidden]@')
		.replace(/([?&]password=)[^&`"]*/g, '$1[hidden]')
		.replace(/\bwk_[\w-]+/g, 'wk_[hidden]');

const isScalar = (raw: unknown) => ['string', 'number', 'boolean'].includes(typeof raw);
const plain = (value: unknown) => String(value);

function range(what: string, show: (value: number) => string = String) {
	return ({min, max}: Bounds): string => {
		if (min !== undefined && max !== undefined) return `${what} from ${show(min)} to ${show(max)}`;
		if (min !== undefined) return `${what}, at least ${show(min)}`;
		return max === undefined ? what : `${what}, at most ${show(max)}`;
	};
}

const roles = ['server', 'worker'];

function readRoles(raw: unknown): string[] | undefined {
	const list: unknown[] = Array.isArray(raw) ? raw : String(raw).split(',');
	const found = list.map(one => String(one).trim());
	const good = found.length > 0 && found.every(one => roles.includes(one));
	return good ? [...new Set(found)] : undefined;
}

function readTags(raw: unknown): string[] | undefined {
	const list: unknown[] = Array.isArray(raw) ? raw : String(raw).split(',');
	const found = list.map(one => String(one).trim()).filter(one => one !== '');
	const tags = [...new Set(found)];
	return areTags(tags) ? tags : undefined;
}

export const formats = {
	duration: {
		says: range('a time like `500ms`, `30s`, `5m`, `2h` or `7d`', showDuration),
		read: readDuration,
		show: value => showDuration(value as number),
		bounded: true,
	},
	bytes: {
		says: range('a size like `64MiB`, `512KiB` or a number of bytes', showBytes),
		read: readBytes,
		show: value => showBytes(value as number),
		bounded: true,
	},
	whole: {says: range('a whole number'), read: readWhole, show: plain, bounded: true},
	number: {says: range('a number'), read: readNumber, show: plain, bounded: true},
	flag: {says: () => '`true` or `false`', read: readFlag, show: plain},
	text: {says: () => 'a text that is not empty', read: readText(/\S/), show: plain},
	path: {says: () => 'a path', read: readText(/\S/), show: plain},
	name: {
		says: () => 'a name of letters, digits, `.`, `_` and `-`, at most 63',
		read: readText(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/),
		show: plain,
	},
	pool: {
		says: () => 'a name of lower-case letters, digits and `-`, a letter first, at most 63',
		read: readText(/^[a-z][a-z0-9-]{0,62}$/),
		show: plain,
	},
	broker: {
		says: () => '`memory:` or a URL like `amqp://user:password@host:5672/vhost` (or amqps)',
		read: readBroker,
		show: value => hidePassword(String(value)),
	},
	store: {
		says: () => '`sqlite:PATH`, `memory:` or a URL like `postgres://user:password@host:5432/database`',
		read: readStore,
		show: value => hidePassword(String(value)),
	},
	tags: {
		says: () => `at most ${mostTags} names of lower-case letters, digits and \`-\`, with commas between them`,
		read: readTags,
		show: value => (value as string[]).join(','),
	},
	roles: {
		says: () => 'a list of `server` and `worker`',
		read: readRoles,
		show: value => (value as string[]).join(','),
	},
	autoscale,
	areas,
	ways,
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof formats;

/** The format of a choice between words. */
export const oneOf = (words: readonly string[]): Format => ({
	says: () => `one of ${words.map(word => `\`${word}\``).join(', ')}`,
	read: raw => (words.includes(String(raw)) ? String(raw) : undefined),
	show: plain,
});
