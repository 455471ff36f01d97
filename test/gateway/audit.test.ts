// `warren audit` in front of a real store that somebody has written to by hand.
import {shell} from '../cli/shell.ts';
import {testOn} from '../harness/combination.ts';
import {node} from './node.ts';

const each = testOn(['memory+sqlite']);

each('warren audit --rows names a task whose row is gone, and ends with 2', async (t, on) => {
	const {client, deploy, tamper, url} = await node(t, on);
	const {run} = shell(t, url);
	await deploy('greet', 'export default () => 1;');
	await client.pausePool('default');
	const ids = [];
	for (const n of [1, 2]) ids.push((await client.submit('greet', n, {expiresInMs: 3_600_000})).task);
	const whole = await run(['audit', '--rows']);
	t.like(whole, {code: 0, err: ''});
	t.regex(whole.out, /^rows +2, counted \S+ ago$/m);
	t.regex(whole.out, /^verdict +balanced$/m);

	await tamper(`delete from tasks where id = '${ids[1]}'`);
	const {code, out} = await run(['audit', '--rows']);
	t.is(code, 2, out);
	t.regex(out, /^rows +1, counted/m);
	t.regex(out, /^verdict +does not balance$/m);
	const why = 'its row is gone; its input or a timer of it is there';
	t.regex(out, new RegExp(`^ledger +${ids[1]} +.* not yet +${why}$`, 'm'));
	t.regex(out, /2 tasks of greet should be queued, and 1 rows are$/m);
	const json = JSON.parse((await run(['audit', '--rows', '--json'])).out) as object;
	t.like(json, {balanced: false, difference: 0, rows: {count: 1}});
	t.like(await client.audit({rows: true}), {balanced: false, rows: {count: 1}});
});
