import type {Placement} from '#runtime/runtime.ts';
import type {TaskRow} from '#store/store.ts';

/** An attempt to be placed. */
export function placement(id: string, more: Partial<TaskRow> = {}, rest: Partial<Placement> = {}): Placement {
	const row = {
		...{
			id,
			function: 'fib',
			version: 'v1',
			pool: 'default',
			class: 'normal',
			attempt: 1,
			wallMs: null,
			chunk: null,
			deadline: null,
		},
		...more,
	} as TaskRow;
	return {row, again: false, straight: false, input: Buffer.from(`"${id}"`), ...rest};
}

export const list = (count: number, more: Partial<TaskRow> = {}): Placement[] =>
	Array.from({length: count}, (_, n) => placement(`t${n}`, more));

export const namesOf = (pack: readonly Placement[]): string[] => pack.map(({row}) => row.id);
