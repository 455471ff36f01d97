import test from 'ava';
import {createFakeClock} from '../harness/clock.ts';
import {world} from './shell.ts';

test('the rule of a pool is explained: what it saw, who decides, what was decided and why', async t => {
	const {run} = await world(t);
	const {code, out} = await run(['scale', 'explain'], {clock: createFakeClock(61_000)});
	t.is(code, 0);
	t.deepEqual(out.split('\n'), [
		'pool        default',
		'rule        0 to 8 workers, 5s of wait, cooldown 5s up, 1m down',
		'decided by  n1',
		'looked      1m ago',
		'workers     2',
		'why         right 2',
		'',
		'  1m ago: 0 to 2. needed 2',
	]);
	const json = await run(['scale', 'explain', '--pool', 'default', '--json']);
	t.like(JSON.parse(json.out), {pools: [{pool: 'default', decisions: [{from: 0, to: 2}]}]});
});

test('a pool without a rule says where one comes from', async t => {
	const {run, api} = await world(t);
	const {code, out} = await run(['scale', 'explain', '--pool', 'gpu']);
	t.is(code, 0);
	t.is(out, 'Pool gpu has no rule: the setting `autoscale` of the servers gives one.');
	api.explainScale = () => [];
	const none = await run(['scale', 'explain']);
	t.is(none.out, 'No pool has a rule: the setting `autoscale` of the servers gives one.');
});

test('a server that only looks says which one decides', async t => {
	const {run, api} = await world(t);
	const [one] = api.explainScale();
	const decisions = [{at: 0, from: 0, to: 2, why: 'needed 2', node: 'n0'}];
	const looks = {leads: false, at: null, decisions};
	if (one)
		api.explainScale = () => [
			{...one, ...looks, leader: 'n0'},
			{...one, ...looks, leader: null},
		];
	const {out} = await run(['scale', 'explain']);
	t.regex(out, /^decided by {2}n0; n1, which was asked, only looks$/m);
	t.regex(out, /^decided by {2}another server; n1, which was asked, only looks$/m);
	t.notRegex(out, /looked/);
	t.regex(out, / by n0: 0 to 2\. needed 2$/m);
});
