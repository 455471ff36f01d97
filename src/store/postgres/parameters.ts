// The parameters of a commit's statement: first the single ones, then an array for each column of the rows that
// it takes (columns.ts). The statement makes tables of the arrays again.
import {columns, type Group} from './columns.ts';

/** In this order. */
const single = {home: 'text', epoch: 'bigint', acted: 'bigint', seq: 'bigint', blob: 'bytea'} as const;

export type Single = keyof typeof single;

export type Parameters = {
	/** How a single one is written. */
	readonly one: (name: Single) => string;
	/** A table of some columns of the rows of one kind; of all, if none is named. */
	readonly rows: (group: Group, ...names: readonly string[]) => string;
};

export function parametersOf(groups: readonly Group[]): Parameters {
	const numbers = new Map(
		[
			...Object.keys(single),
			...groups.flatMap(group => Object.keys(columns[group]).map(name => `${group}.${name}`)),
		].map((name, index) => [name, index + 1]),
	);
	return {
		one: name => `$${numbers.get(name)}::${single[name]}`,
		rows(group, ...names) {
			const all: Readonly<Record<string, readonly [type: string, of: unknown, repeats?: string]>> =
				columns[group];
			const chosen = names.length > 0 ? names : Object.keys(all);
			const array = (name: string) => `$${numbers.get(`${group}.${name}`)}::${all[name]?.[0]}[]`;
			const column = (name: string) =>
				all[name]?.[2] ? `coalesce(${name}, (${array(name)})[1]) as ${name}` : name;
			const table = `unnest(${chosen.map(array).join(', ')}) as sent(${chosen.join(', ')})`;
			return `(select ${chosen.map(column).join(', ')} from ${table}) as ${group}`;
		},
	};
}
