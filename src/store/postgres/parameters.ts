// The parameters of a commit's statement: first the single ones, then an array for each column of the rows that
// it takes (columns.ts). The statement makes tables of the arrays again.
import {columns, type Group} from './columns.ts';

/** In this order. */
const single = {home: 'text', epoch: 'bigint', acted: 'bigint', seq: 'bigint', blob: 'bytea'} as const;

export type Single = keyof typeof single;

type Table = Readonly<Record<string, readonly [type: string, of: unknown, repeats?: string]>>;

export type Parameters = {
	/** How a single one is written. */
	readonly one: (name: Single) => string;
	/** A table of some columns of the rows of one kind; of all, if none is named. */
	readonly rows: (group: Group, ...names: readonly string[]) => string;
	/** How many rows of a kind there are, by a column that has a value of its own in each. */
	readonly count: (group: Group, name: string) => string;
};

export function parametersOf(groups: readonly Group[]): Parameters {
	const numbers = new Map(
		[
			...Object.keys(single),
			...groups.flatMap(group => Object.keys(columns[group]).map(name => `${group}.${name}`)),
		].map((name, index) => [name, index + 1]),
	);
	const tableOf = (group: Group): Table => columns[group];
	const array = (group: Group, name: string) =>
		`$${numbers.get(`${group}.${name}`)}::${tableOf(group)[name]?.[0]}[]`;
	return {
		one: name => `$${numbers.get(name)}::${single[name]}`,
		rows(group, ...names) {
			const table = tableOf(group);
			const chosen = names.length > 0 ? names : Object.keys(table);
			const column = (name: string) =>
				table[name]?.[2] ? `coalesce(${name}, (${array(group, name)})[1]) as ${name}` : name;
			const arrays = chosen.map(name => array(group, name)).join(', ');
			const sent = `unnest(${arrays}) as sent(${chosen.join(', ')})`;
			return `(select ${chosen.map(column).join(', ')} from ${sent}) as ${group}`;
		},
		count: (group, name) => `cardinality(${array(group, name)})`,
	};
}
