import {type Format, formats, hidePassword, oneOf} from './formats.ts';
import {nearest} from './nearest.ts';
import {type Key, keys, settings} from './schema.ts';
import type {Setting} from './setting.ts';
import {type Given, groups, isKey, type Problem} from './sources.ts';

export const settingOf = (key: Key): Setting => settings[key];

export function formatOf({is}: Setting): Format {
	return typeof is === 'string' ? formats[is] : oneOf(is);
}

/** The value that the program uses, or what is wrong with what was given. */
export function check(given: Given): {readonly value: unknown} | Problem {
	const {key, raw} = given;
	if (!isKey(key)) return {key, message: unknown(given)};
	const setting = settingOf(key);
	if (raw === null && setting.default === null) return {value: null};
	const value = formatOf(setting).read(raw);
	if (value === undefined || !isWithin(value, setting)) return {key, message: unfit(given, setting)};
	return {value};
}

export function isWithin(value: unknown, {min = -Infinity, max = Infinity, ...setting}: Setting): boolean {
	if (!formatOf(setting).bounded) return true;
	return typeof value === 'number' && value >= min && value <= max;
}

function unfit({key, raw, source}: Given, setting: Setting): string {
	const from = source.kind === 'default' ? '' : ` from ${source.name}`;
	return `Expected \`${key}\` to be ${formatOf(setting).says(setting)}, got ${show(raw)}${from}`;
}

function unknown({key, raw, source}: Given): string {
	if (groups.has(key)) {
		const some = keys.filter(one => one.startsWith(`${key}.`)).join('`, `');
		return `Expected \`${key}\` to be a group of settings (\`${some}\`), got ${show(raw)} from ${source.name}`;
	}
	const meant = nearest(key, keys);
	const advice = meant ? `did you mean \`${meant}\`?` : 'docs/config.md lists them all';
	return `There is no setting \`${key}\` (from ${source.name}): ${advice}`;
}

/** Never a password: somebody will paste this into a ticket. */
function show(raw: unknown): string {
	const text = JSON.stringify(raw) ?? String(raw);
	return `\`${hidePassword(text)}\``;
}
