// Text for people: tables, times, sizes.
import Table from 'cli-table3';
import {formatDuration} from '#lib/duration.ts';

type Cell = string | number | null | undefined;

const edges =
	'top top-mid top-left top-right bottom bottom-mid bottom-left bottom-right left left-mid mid mid-mid right right-mid';
const blank = {...Object.fromEntries(edges.split(' ').map(edge => [edge, ''])), middle: '  '};

/**
 * Columns under their names, or the sentence if there are no rows.
 * @param width of the terminal: a longer row is cut, since wrapped rows are no table any more
 */
export function table(
	head: readonly string[],
	rows: readonly Cell[][],
	none: string,
	width = Number.POSITIVE_INFINITY,
): string {
	if (rows.length === 0) return none;
	const drawn = new Table({head: [...head], chars: blank, style});
	drawn.push(...rows.map(row => row.map(cell => cell ?? '')));
	return trimmed(drawn.toString())
		.split('\n')
		.map(line => (line.length > width ? `${line.slice(0, Math.max(0, width - 1))}…` : line))
		.join('\n');
}

/** Names and values, one a line; what has no value is left out. */
export function facts(pairs: readonly (readonly [name: string, value: Cell])[]): string {
	const drawn = new Table({chars: blank, style});
	const known = pairs.filter(([, value]) => value !== null && value !== undefined && value !== '');
	drawn.push(...known.map(([name, value]) => [name, value ?? '']));
	return trimmed(drawn.toString());
}

const style = {head: [], border: [], 'padding-left': 0, 'padding-right': 0};

const trimmed = (text: string): string => text.replace(/[ \t]+$/gm, '');

export function ago(at: number | null, now: number): string {
	return at === null ? '' : `${formatDuration(Math.max(0, now - at))} ago`;
}

export const moment = (at: number | null): string => (at === null ? '' : new Date(at).toISOString());

export function bytes(count: number | null): string {
	if (count === null) return '';
	const units = ['B', 'KiB', 'MiB', 'GiB'];
	const power = count < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(count) / 10));
	return `${Math.round((count / 1024 ** power) * 10) / 10} ${units[power]}`;
}

/** Enough of a digest to tell versions apart. */
export const short = (digest: string | null): string => digest?.slice(0, 12) ?? '';
