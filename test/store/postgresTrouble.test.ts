// What people are told of a database that can't be used, and what they are not told: its password.
import test from 'ava';
import {openStore} from '#store/open.ts';
import {openPostgres} from '#store/postgres/store.ts';
import {asTrouble} from '#store/postgres/trouble.ts';
import {StoreTrouble} from '#store/store.ts';
import {freePorts} from '../harness/ports.ts';
import {ask, partsOf, postgres, schema} from '../harness/postgres.ts';
import {ambient, birth, enter} from './world.ts';

const unavailable = {instanceOf: StoreTrouble};

test('a store is opened by its URL, and the same schema gives the same rows', async t => {
	const url = await schema(t);
	const first = await openStore(ambient(), {url});
	await (await enter(first, 'n1')).commit(birth('t1', {key: 'k'}));
	await first.close();
	await first.close();
	const second = await openStore(ambient(), {url: url.replace('postgres://', 'postgresql://')});
	t.teardown(() => second.close());
	t.true(second.shared);
	t.like(await enter(second, 'n1').then(async world => world.row('t1')), {key: 'k', state: 'queued'});
});

test('two schemas of one database do not see each other', async t => {
	const stores = await Promise.all(
		[schema(t), schema(t)].map(async url => openStore(ambient(), {url: await url})),
	);
	t.teardown(() => Promise.all(stores.map(store => store.close())));
	const [one, two] = await Promise.all(stores.map(store => enter(store, 'n1')));
	await one?.commit(birth('t1', {key: 'k'}));
	t.deepEqual((await two?.commit(birth('t1', {key: 'k'})))?.fates, ['done']);
});

test('a URL that can not be read is refused without a word of its password', async t => {
	const urls = [
		'postgres://me:s3cret@db/w?schema=My-Schema',
		'postgres://me@db/w?password=s3cret',
		'postgres://me:s3cret@db/w?sslrootcert=/nowhere.pem',
		'postgress://me:s3cret@db/w',
	];
	for (const url of urls) {
		const error = await t.throwsAsync(openStore(ambient(), {url}), {instanceOf: TypeError});
		t.regex(error.message, /store\.url/);
		t.false(error.message.includes('s3cret'), error.message);
	}
});

test('a server that is not there is named with what to do, and not with the password', async t => {
	const [port] = await freePorts(1);
	const error = await t.throwsAsync(
		openPostgres(ambient(), {url: `postgres://me:s3cret@127.0.0.1:${port}/w`}),
		{
			...unavailable,
			message: /127\.0\.0\.1:\d+\) cannot be reached .*start it/,
		},
	);
	t.is(error.failure.code, 'UNAVAILABLE');
	t.true(error.failure.retryable);
	t.false(error.message.includes('s3cret'));
});

test('a database that does not exist, and a user that is not known, are told apart', async t => {
	const server = new URL(await postgres());
	server.pathname = '/nowhere';
	await t.throwsAsync(openPostgres(ambient(), {url: server.href}), {
		...unavailable,
		message: /does not exist .*create the database/,
	});
	const stranger = new URL(await postgres());
	stranger.username = 'wt_stranger';
	await t.throwsAsync(openPostgres(ambient(), {url: stranger.href}), {
		...unavailable,
		message: /refuses this user|does not take this password/,
	});
});

test('a schema of another program is left alone', async t => {
	const url = await schema(t);
	const {server, schema: name} = partsOf(url);
	await ask(server, `create schema ${name}; create table ${name}.songs(title text)`);
	await t.throwsAsync(openPostgres(ambient(), {url}), {...unavailable, message: /another program.*schema/});
	const tables = await ask(server, `select tablename from pg_tables where schemaname = '${name}'`);
	t.deepEqual(tables, [{tablename: 'songs'}]);
});

test('what the server answers becomes a trouble with a remedy; bugs stay as they are', t => {
	const told = (code: string) => {
		const error = Object.assign(new Error('said so'), {code});
		const known = asTrouble('here', error);
		return known === error ? 'a bug' : (known as StoreTrouble).message;
	};
	t.regex(told('53100'), /here\) has no room left.*said so.*free some space/);
	t.regex(told('53300'), /no more connections.*max_connections/);
	t.regex(told('25006'), /read-only.*primary/);
	t.regex(told('57P01'), /shutting down/);
	t.regex(told('42501'), /does not allow.*grant/);
	t.regex(told('28P01'), /password.*store\.url/);
	t.regex(told('58030'), /machine.*disk/);
	t.regex(told('ECONNREFUSED'), /cannot be reached/);
	t.regex(told('ECONNRESET'), /lost its connection/);
	t.regex(told('SELF_SIGNED_CERT_IN_CHAIN'), /not trusted.*sslrootcert/);
	for (const bug of ['42601', '42P01', '23505', 'ERR_INVALID_ARG_TYPE']) t.is(told(bug), 'a bug');
});

test('a closed store says so', async t => {
	const store = await openPostgres(ambient(), {url: await schema(t)});
	await store.close();
	await t.throwsAsync(store.load(['t1']), {...unavailable, message: /is closed/});
});
