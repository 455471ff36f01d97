import type {ExecutionContext} from 'ava';
import {openPostgres} from '#store/postgres/store.ts';
import {ask, partsOf, schema} from '../harness/postgres.ts';
import {storeContract} from './store.ts';
import {turn} from './turn.ts';
import {ambient, type Place} from './world.ts';

const schemas = new Map<ExecutionContext, string>();

storeContract('postgres', async (t): Promise<Place> => {
	await turn(t);
	const url = await emptySchema(t);
	return {
		durable: true,
		async open() {
			const store = await openPostgres(ambient(), {url});
			t.teardown(() => store.close());
			return store;
		},
	};
});

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

const tables = [
	'tasks',
	'inputs',
	'results',
	'logs',
	'history',
	'timers',
	'counts',
	'homes',
	'functions',
	'versions',
];
