import type {DatabaseSync} from 'node:sqlite';
import type {FunctionRow, VersionRow} from '#actors/function.ts';
import {
	type FunctionRecord,
	functionRowOf,
	textOf,
	type VersionRecord,
	versionRowOf,
	versionTextOf,
} from '#store/functionRow.ts';
import type {Deploy, Fate, Retire} from '#store/store.ts';

const insertFunction = `insert into functions(name, state, revision, body) values(?, ?, 1, ?)
	on conflict do nothing`;
const updateFunction = `update functions set state = ?, revision = revision + 1, body = ?
	where name = ? and revision = ?`;
// A version is immutable: the same digest deployed again is the one that is there.
const insertVersion = `insert into versions(function, digest, number, body, code, map)
	values(?, ?, ?, ?, ?, ?) on conflict do nothing`;
const deleteFunction = 'delete from functions where name = ? and revision = ?';
const deleteVersions = 'delete from versions where function = ?';
const listFunctions = "select name, revision, body from functions where state <> 'retired' order by name";
const namedFunctions = `select name, revision, body from functions
	where name in (select value from json_each(?)) order by name`;
const oneVersion = 'select body, code, map from versions where digest = ? limit 1';
const listVersions = 'select body, code, map from versions where function = ? order by number';

export function prepareDeploy(db: DatabaseSync) {
	const insert = db.prepare(insertFunction);
	const update = db.prepare(updateFunction);
	const version = db.prepare(insertVersion);
	return ({function: fn, expected, version: built}: Deploy): Fate => {
		const {name} = fn;
		const text = textOf(fn);
		const {changes} =
			expected === 0 ? insert.run(name, fn.state, text) : update.run(fn.state, text, name, expected);
		if (changes === 0) return 'conflict';
		if (built) {
			const {function: of, digest, number, code, map} = built;
			version.run(of, digest, number, versionTextOf(built), code, map);
		}
		return 'done';
	};
}

export function prepareRetire(db: DatabaseSync) {
	const one = db.prepare(deleteFunction);
	const versions = db.prepare(deleteVersions);
	return ({function: fn, expected}: Retire): Fate => {
		if (one.run(fn, expected).changes === 0) return 'conflict';
		versions.run(fn);
		return 'done';
	};
}

export function prepareFunctions(db: DatabaseSync) {
	const all = db.prepare(listFunctions);
	const named = db.prepare(namedFunctions);
	const one = db.prepare(oneVersion);
	const versions = db.prepare(listVersions);
	return {
		functions: (names?: readonly string[]): FunctionRow[] => {
			const records = names ? named.all(JSON.stringify(names)) : all.all();
			return (records as FunctionRecord[]).map(functionRowOf);
		},
		version: (digest: string): VersionRow | undefined => {
			const record = one.get(digest) as VersionRecord | undefined;
			return record && versionRowOf(record);
		},
		versions: (fn: string): VersionRow[] => (versions.all(fn) as VersionRecord[]).map(versionRowOf),
	};
}
