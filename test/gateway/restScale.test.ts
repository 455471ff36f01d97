import test from 'ava';
import type {AutoscaleList} from '#contract/autoscale.ts';
import type {Rolling, ScaleView, SupervisorList} from '#contract/supervisor.ts';
import {open} from './door.ts';

test('a pool is scaled, and tells how far it is', async t => {
	const {call} = await open(t);
	const scaled = await call('POST', '/v1/pools/default/scale?workers=3');
	t.is(scaled.status, 200);
	t.like((await scaled.json()) as ScaleView, {pool: 'default', workers: 3, running: 3, done: true});
	const gpu = await call('GET', '/v1/pools/gpu/scale');
	t.like((await gpu.json()) as ScaleView, {pool: 'gpu', workers: null, supervisors: []});
	const {supervisors} = (await (await call('GET', '/v1/supervisors')).json()) as SupervisorList;
	t.like(supervisors, [{id: 'here-s1', wanted: 3, running: 3}]);
});

test('a number of workers that is none, and a name that is no pool, are refused', async t => {
	const {call} = await open(t);
	for (const path of [
		'default/scale',
		'default/scale?workers=-1',
		'default/scale?workers=x',
		'Big/scale?workers=1',
	])
		t.is((await call('POST', `/v1/pools/${path}`)).status, 400, path);
	t.is((await call('POST', '/v1/pools/default/restart?mostAtOnce=0')).status, 400);
});

test('the workers of a pool are replaced, which needs a supervisor', async t => {
	const {call} = await open(t);
	const rolling = await call('POST', '/v1/pools/default/restart?mostAtOnce=2');
	t.like((await rolling.json()) as Rolling, {pool: 'default', supervisors: ['here-s1']});
	const refused = await call('POST', '/v1/pools/gpu/restart');
	t.is(refused.status, 409);
});

test('what the rules of pools decided is told with its why, of all or of one', async t => {
	const {call} = await open(t);
	for (const query of ['', '?pool=default']) {
		const {pools} = (await (await call('GET', `/v1/autoscale${query}`)).json()) as AutoscaleList;
		t.like(pools, [{pool: 'default', workers: 2, why: 'right 2', decisions: [{from: 0, to: 2}]}]);
	}
	t.deepEqual(await (await call('GET', '/v1/autoscale?pool=gpu')).json(), {pools: []});
});

test('a worker is drained by its id', async t => {
	const {call} = await open(t);
	t.like(await (await call('POST', '/v1/workers/w1/drain')).json(), {id: 'w1'});
	t.is((await call('POST', '/v1/workers/w9/drain')).status, 404);
});
