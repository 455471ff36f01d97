// A node that stands still in the middle of a placement under a limit.
import test from 'ava';
import pg from 'pg';
import {openPostgres} from '#store/postgres/store.ts';
import {partsOf, schema} from '../harness/postgres.ts';
import {ambient, birth, enter} from './world.ts';

test('who stands still with a function’s lock holds up this function, and no commit', async t => {
	const url = await schema(t);
	const store = await openPostgres(ambient(), {url});
	t.teardown(() => store.close());
	const {commit} = await enter(store, 'n1');
	const {server, schema: name} = partsOf(url);
	const still = new pg.Client({connectionString: server});
	await still.connect();
	t.teardown(() => still.end());
	await still.query('begin');
	await still.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`${name} limit mail`]);

	const both = () => [
		birth('t1', {function: 'mail'}, {most: 5}),
		birth('t2', {function: 'other'}, {most: 5}),
		birth('t3', {function: 'mail', placed: false}),
	];
	t.deepEqual((await commit(...both())).fates, ['full', 'done', 'done']);
	await still.query('rollback');
	t.deepEqual((await commit(...both())).fates, ['done', 'exists', 'exists']);
});
