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
import type {Session} from './database.ts';

const insertFunction = {
	name: 'insert_function',
	text: `insert into functions(name, state, revision, body) values($1, $2, 1, $3)
		on conflict do nothing returning name`,
};
const updateFunction = {
	name: 'update_function',
	text: `update functions set state = $2, revision = revision + 1, body = $3
		where name = $1 and revision = $4::bigint returning name`,
};
// A version is immutable: the same digest deployed again is the one that is there.
const insertVersion = {
	name: 'insert_version',
	text: `insert into versions(function, digest, number, body, code, map) values($1, $2, $3, $4, $5, $6)
		on conflict do nothing`,
};
const deleteFunction = {
	name: 'delete_function',
	text: 'delete from functions where name = $1 and revision = $2::bigint returning name',
};
const deleteVersions = {name: 'delete_versions', text: 'delete from versions where function = $1'};
const listFunctions = {
	name: 'functions',
	text: "select name, revision, body from functions where state <> 'retired' order by name",
};
const namedFunctions = {
	name: 'named_functions',
	text: 'select name, revision, body from functions where name = any($1::text[]) order by name',
};
const oneVersion = {
	name: 'version',
	text: 'select body, code, map from versions where digest = $1 limit 1',
};
const listVersions = {
	name: 'versions',
	text: 'select body, code, map from versions where function = $1 order by number',
};

export async function deploy(session: Session, {function: fn, expected, version}: Deploy): Promise<Fate> {
	const values = [fn.name, fn.state, textOf(fn)];
	const written = await (expected === 0
		? session.run(insertFunction, values)
		: session.run(updateFunction, [...values, expected]));
	if (written.length === 0) return 'conflict';
	if (version) {
		const {function: of, digest, number, code, map} = version;
		await session.run(insertVersion, [of, digest, number, versionTextOf(version), code, map]);
	}
	return 'done';
}

export async function retire(session: Session, {function: fn, expected}: Retire): Promise<Fate> {
	if ((await session.run(deleteFunction, [fn, expected])).length === 0) return 'conflict';
	await session.run(deleteVersions, [fn]);
	return 'done';
}

export function prepareFunctions(read: Session) {
	return {
		functions: async (names?: readonly string[]): Promise<FunctionRow[]> => {
			const records = await (names
				? read.run<FunctionRecord>(namedFunctions, [names])
				: read.run<FunctionRecord>(listFunctions));
			return records.map(functionRowOf);
		},
		version: async (digest: string): Promise<VersionRow | undefined> => {
			const [record] = await read.run<VersionRecord>(oneVersion, [digest]);
			return record && versionRowOf(record);
		},
		versions: async (fn: string): Promise<VersionRow[]> => {
			return (await read.run<VersionRecord>(listVersions, [fn])).map(versionRowOf);
		},
	};
}
