import type {ExecutionContext} from 'ava';
import {openPostgres} from '#store/postgres/store.ts';
import {ask, partsOf, schema} from '../harness/postgres.ts';
import {tamperPostgres} from '../harness/tamper.ts';
import {recountContract} from './recount.ts';
import {storeContract} from './store.ts';
import {uncountedContract} from './strayed.ts';
import {turn} from './turn.ts';
import {ambient, type OpenPlace} from './world.ts';

const schemas = new Map<ExecutionContext, string>();

const place = async (t: ExecutionContext): Promise<OpenPlace> => {
	await turn(t);
	const url = await emptySchema(t);
	return {
		durable: true,
		tamper: sql => tamperPostgres(url, sql),
		async open() {
			const store = await openPostgres(ambient(), {url});
			t.teardown(() => store.close());
			return store;
		},
	};
};

storeContract('postgres', place);
recountContract('postgres', place);
uncountedContract('postgres', place);

/** A test that wants many places gets the same one, emptied: making it takes longer than the test. */
async function emptySchema(t: ExecutionContext): Promise<string> {
	const known = schemas.get(t);
	if (known) {
		const {server, schema: name} = partsOf(known);
		const empty = tables.map(table => `delete from ${name}.${table}`);
		await ask(server, empty.join(';'));
		return known;
	}
	const url = await schema(t);
	schemas.set(t, url);
	return url;
}

const tables = ['tasks', 'inputs', 'logs', 'history', 'timers', 'counts', 'homes', 'functions', 'versions'];
