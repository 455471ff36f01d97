import type {FunctionRow, VersionRow} from '#actors/function.ts';
import {bufferOf} from './row.ts';

/** A row of `functions`, and one of `versions`, as a database gives them back. */
export type FunctionRecord = {readonly name: string; readonly revision: number; readonly body: string};
export type VersionRecord = {
	readonly body: string;
	readonly code: Uint8Array;
	readonly map: Uint8Array | null;
};

/** What a row of `functions` does not have as a column, as JSON. */
export function textOf({name: _, revision: __, ...body}: FunctionRow): string {
	return JSON.stringify(body);
}

/** All of a version but its code, as JSON. */
export function versionTextOf({code: _, map: __, ...body}: VersionRow): string {
	return JSON.stringify(body);
}

// Rows that were written before there was a breaker know nothing of it.
export const functionRowOf = ({name, revision, body}: FunctionRecord): FunctionRow => ({
	...{pause: null, broken: []},
	...(JSON.parse(body) as Omit<FunctionRow, 'name' | 'revision'>),
	name,
	revision,
});

export const versionRowOf = ({body, code, map}: VersionRecord): VersionRow => ({
	...(JSON.parse(body) as Omit<VersionRow, 'code' | 'map'>),
	code: bufferOf(code),
	map: map && bufferOf(map),
});
