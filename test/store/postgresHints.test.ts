// Hints by LISTEN and NOTIFY, on a real server.
import {setImmediate as turn} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import {systemClock} from '#lib/clock.ts';
import type {Hint, Hints} from '#store/hints.ts';
import {openPostgresHints} from '#store/postgres/hints.ts';
import {type Arrivals, arrivals} from '../harness/arrivals.ts';
import {createFakeClock} from '../harness/clock.ts';
import {ask, found, partsOf, schema} from '../harness/postgres.ts';
import {TcpProxy, targetOf} from '../harness/proxy.ts';
import {ambient} from './world.ts';

type Ear = {readonly hints: Hints; readonly heard: Arrivals<Hint>};

/** Resolves once it hears. */
async function ear(t: ExecutionContext, url: string, self: string, clock = systemClock): Promise<Ear> {
	const named = `${url}&application_name=${self}-${partsOf(url).schema}`;
	const hints = openPostgresHints({...ambient(), clock}, {url: named, self});
	const heard = arrivals<Hint>(`the hints of ${self}`);
	t.teardown(() => hints.stop());
	hints.listen(hint => heard.push(hint));
	await heard.find(({ends}) => ends === 'many');
	return {hints, heard};
}

const has = (task: string) => (hint: Hint) => hint.ends !== 'many' && hint.ends?.includes(task) === true;

test('a hint comes to the others of the schema, and to nobody else', async t => {
	const [url, elsewhere] = [await schema(t), await schema(t)];
	const [one, two, other] = [await ear(t, url, 'n1'), await ear(t, url, 'n2'), await ear(t, elsewhere, 'n3')];
	t.like(await one.heard.find(({homes, ends}) => homes === true && !ends), {homes: true});
	one.hints.tell({ends: ['t1']});
	two.hints.tell({backlog: true});
	await two.heard.find(has('t1'));
	await one.heard.find(({backlog, ends}) => backlog === true && !ends);
	t.false(one.heard.all.some(has('t1')));
	t.is(other.heard.all.length, 1);
});

test('what is told meanwhile travels together; of too many ends it is said that they are many', async t => {
	const url = await schema(t);
	const [one, two] = [await ear(t, url, 'n1'), await ear(t, url, 'n2')];
	const before = two.heard.all.length;
	const ids = Array.from({length: 150}, (_, n) => `01J0000000000000000000${String(n).padStart(4, '0')}`);
	one.hints.tell({ends: ['first']});
	one.hints.tell({ends: ids});
	one.hints.tell({backlog: true});
	one.hints.tell({ends: ids});
	const last = await two.heard.find(({backlog, homes}) => backlog === true && !homes);
	t.deepEqual(last, {ends: 'many', backlog: true});
	t.is(two.heard.all.length - before, 2);
});

test('who has lost its connection listens again, and looks at everything once', async t => {
	const url = await schema(t);
	const {server, schema: name} = partsOf(url);
	const [one, two] = [await ear(t, url, 'n1'), await ear(t, url, 'n2')];
	const before = two.heard.all.length;
	await ask(
		server,
		`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'n2-${name}'`,
	);
	await two.heard.reach(before + 1);
	t.like(two.heard.all[before], {ends: 'many', backlog: true, homes: true});
	one.hints.tell({ends: ['t2']});
	t.deepEqual(await two.heard.find(has('t2')), {ends: ['t2']});
});

test('who is told by nobody that its connection is gone notices, and listens on another one', async t => {
	const url = await schema(t);
	const way = await TcpProxy.open(targetOf(url));
	t.teardown(() => way.close());
	const clock = createFakeClock();
	const two = await ear(t, way.through(url), 'n2', clock);
	const one = await ear(t, url, 'n1');
	const second = async () => {
		clock.advance(1000);
		await turn();
	};
	// While it is well it answers, and stays.
	clock.advance(10_000);
	const {server, schema: name} = partsOf(url);
	const asked = `application_name = 'n2-${name}' and query = 'select 1' and state = 'idle'`;
	await found(server, `select from pg_stat_activity where ${asked}`);
	t.is(way.made, 1);

	way.freeze();
	// Whenever it begins to listen it looks at everything.
	while (two.heard.all.filter(({ends}) => ends === 'many').length < 2) await second();

	t.is(way.made, 2);
	one.hints.tell({ends: ['t3']});
	await two.heard.find(has('t3'));
});

test('who has no server hears nothing, tells nothing and stops', async t => {
	const hints = openPostgresHints(ambient(), {url: 'postgres://nobody@127.0.0.1:1/none', self: 'n1'});
	const heard: unknown[] = [];
	hints.listen(hint => heard.push(hint));
	hints.tell({homes: true});
	await hints.stop();
	t.deepEqual(heard, []);
});
