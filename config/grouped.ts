// Settings that people write as a group of groups, by name: `{gpu: {…}, default: {…}}`, in a file or as text.
import {parse} from 'yaml';

/** Pools have names like functions. */
export const isPoolName = (name: string): boolean => /^[a-z][a-z0-9-]{0,62}$/.test(name);

export const isGroup = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * @param itemOf what one of them is; undefined: nothing that it may be
 * @returns all of them; undefined if one is wrong, or what is written is no group
 */
export function readGroups<T>(
	raw: unknown,
	itemOf: (name: string, written: unknown) => T | undefined,
): readonly T[] | undefined {
	const written = typeof raw === 'string' ? parsed(raw) : raw;
	if (!isGroup(written)) return undefined;
	const items = Object.entries(written).map(([name, one]) => itemOf(name, one));
	return items.every(item => item !== undefined) ? items : undefined;
}

function parsed(text: string): unknown {
	try {
		return parse(text) as unknown;
	} catch {
		return undefined;
	}
}
