import {WarrenError} from '#client/error.ts';
import type {Happening} from '#contract/status.ts';
import {arrivals} from '../harness/arrivals.ts';
import {testOn} from '../harness/combination.ts';
import {node} from './node.ts';

const each = testOn(['memory+sqlite']);
/** For what a broker or a database could make different. */
const wide = testOn(['memory+sqlite', 'rabbit+postgres']);

wide('a function is deployed, invoked, and its task looked at, over HTTP alone', async (t, on) => {
	const {client, deploy, url} = await node(t, on);
	await deploy(
		'greet',
		`export default (input: {name: string}, ctx: {task: string}) => {
			console.log('greeting', input.name);
			return {text: \`Hello, \${input.name}\`, task: ctx.task};
		};`,
	);
	const returned = await client.invoke<{text: string; task: string}>('greet', {name: 'Ada'});
	t.deepEqual(returned.result, {text: 'Hello, Ada', task: returned.task});
	t.is(returned.attempt, 1);
	t.truthy(returned.worker);
	t.true((returned.runMs ?? -1) >= 0);
	t.like(await client.get(returned.task), {state: 'succeeded', door: 'rest', function: 'greet'});
	t.like(await client.logs(returned.task), [{attempt: 1, lines: [{text: 'greeting Ada'}]}]);
	t.like(await client.status(), {ledger: {accepted: 1, succeeded: 1, waiting: 0, running: 0}});
	const metrics = await (await fetch(`${url}/metrics`)).text();
	t.regex(metrics, /warren_task_transitions_total\{function="greet",state="succeeded"\} 1/);
});

each('what a function throws comes back with its own file and line', async (t, on) => {
	const {client, deploy} = await node(t, on);
	await deploy('fragile', `\nexport default () => {\n\tthrow new RangeError('too far');\n};`);
	const error = await t.throwsAsync(client.invoke('fragile', 1), {instanceOf: WarrenError});
	t.like(error?.failure, {code: 'FUNCTION_THREW', message: 'too far', name: 'RangeError'});
	t.regex(error?.failure.stack ?? '', /fragile\.ts:3:/);
	t.is(error?.status, 422);
});

each('code that cannot run is refused at its deployment', async (t, on) => {
	const {client} = await node(t, on);
	const wrong: [string, string, RegExp][] = [
		['syntax', 'export default (', /:1:\d+/],
		['nohandler', 'export default 7;', /function/],
		['throws', 'throw new Error("at load"); export default () => 1;', /at load/],
		['imports', 'import x from "left-pad"; export default x;', /left-pad/],
	];
	for (const [name, code, says] of wrong) {
		const error = await t.throwsAsync(client.deploy({name, language: 'javascript', code}), {
			instanceOf: WarrenError,
		});
		t.like(error, {status: 422, failure: {code: 'BUILD_FAILED'}}, name);
		t.regex(error?.message ?? '', says);
	}
});

each('numbers of any length pass untouched when the function hands them on', async (t, on) => {
	const {url, client} = await node(t, on);
	await client.deploy({name: 'count', language: 'javascript', code: 'export default list => list.length;'});
	const answer = await fetch(`${url}/v1/functions/count/invoke`, {
		method: 'POST',
		headers: {'content-type': 'application/json'},
		body: '[12345678901234567890, 1.0, "é\\u0000"]',
	});
	t.is(await answer.text(), '3');
});

wide('a wait that runs out leaves the task, which is then cancelled while it runs', async (t, on) => {
	const {client, deploy} = await node(t, on);
	await deploy('sleep', 'export default () => new Promise(resolve => setTimeout(resolve, 60_000));');
	const over = await t.throwsAsync(client.invoke('sleep', 1, {waitMs: 300}), {instanceOf: WarrenError});
	t.like(over, {status: 504, failure: {code: 'WAIT_OVER'}});
	const task = over?.task ?? '';
	const waiting = client.wait(task);
	t.like(await client.cancel(task), {task, cancelled: true, state: 'cancelled'});
	t.is((await waiting).state, 'cancelled');
	t.like(await client.cancel(task), {cancelled: false, was: 'cancelled'});
});

wide('a dead task is redriven on the version that mends it', async (t, on) => {
	const {client, deploy} = await node(t, on);
	await deploy('order', 'export default () => { throw new Error("broken"); };');
	const {task} = await client.submit('order', {id: 7}, {key: 'order-7'});
	t.is((await client.wait(task)).state, 'dead');
	t.deepEqual(
		(await client.deadLetters()).map(({id}) => id),
		[task],
	);
	await deploy('order', 'export default (input: {id: number}) => input.id;');
	await client.redrive(task);
	t.like(await client.wait(task), {state: 'succeeded', attempt: 2});
	t.is(await client.result(task), 7);
	t.deepEqual(await client.deadLetters(), []);
	t.like(await client.submit('order', {id: 7}, {key: 'order-7'}), {task, existing: true, state: 'succeeded'});
	const reused = await t.throwsAsync(client.submit('order', {id: 8}, {key: 'order-7'}), {
		instanceOf: WarrenError,
	});
	t.like(reused, {status: 409, failure: {code: 'KEY_REUSED'}});
	t.is((await client.invoke('order', {id: 7}, {key: 'order-7'})).text, '7');
});

each('a thousand inputs are mapped to their results in order', async (t, on) => {
	const {client, deploy} = await node(t, on);
	await deploy(
		'twice',
		'export default (n: number) => { if (n === 500) throw new Error("no"); return n * 2; };',
	);
	const results = await client.map<number>(
		'twice',
		Array.from({length: 1000}, (_, n) => n),
	);
	t.is(results.length, 1000);
	const wrong = results.filter((one, n) => !('value' in one) || one.value !== n * 2);
	t.is(wrong.length, 1);
	t.like(results[500], {failure: {code: 'FUNCTION_THREW', message: 'no'}});
	t.like(await client.status(), {ledger: {accepted: 1000, succeeded: 999, dead: 1}});
	const pages: string[] = [];
	for (;;) {
		const page = await client.list({limit: 300, ...(pages.length > 0 && {before: pages.at(-1) ?? ''})});
		pages.push(...page.map(({id}) => id));
		if (page.length < 300) break;
	}
	t.is(new Set(pages).size, 1000);
});

each('an input over the limit is refused, one under it passes', async (t, on) => {
	const {client, deploy} = await node(t, on);
	await deploy('size', 'export default (text: string) => text.length;');
	t.is(await client.invoke<number>('size', 'x'.repeat(7_000_000)).then(({result}) => result), 7_000_000);
	const large = await t.throwsAsync(client.invoke('size', 'x'.repeat(9_000_000)), {instanceOf: WarrenError});
	t.like(large, {status: 413, failure: {code: 'PAYLOAD_TOO_LARGE'}});
});

wide('the life of a task is heard over the event stream', async (t, on) => {
	const {client, deploy} = await node(t, on);
	await deploy('quick', 'export default () => 1;');
	const heard = arrivals<Happening>('happenings');
	const leaving = new AbortController();
	const listening = (async () => {
		for await (const one of client.events({actor: 'task'}, leaving.signal)) heard.push(one);
	})().catch(() => {});
	const {task} = await client.submit('quick', 1);
	await client.wait(task);
	const again = await client.submit('quick', 2);
	await heard.find(({id, state}) => id === again.task && state === 'succeeded');
	leaving.abort();
	await listening;
	const states: string[] = [];
	for await (const one of client.events({task})) states.push(one.state);
	t.deepEqual(states, ['succeeded']);
});

each('a node that stops answers the invocation in hand first', async (t, on) => {
	const {client, deploy, warren} = await node(t, on);
	await deploy(
		'slow',
		'export default () => new Promise(resolve => setTimeout(() => resolve("done"), 500));',
	);
	const heard = arrivals<Happening>('happenings');
	warren.feed.listen(one => heard.push(one));
	const invocation = client.invoke('slow', 1);
	await heard.find(({actor}) => actor === 'task');
	const stopped = warren.stop();
	t.is((await invocation).result, 'done');
	await stopped;
	await t.throwsAsync(client.status(), {instanceOf: WarrenError, message: /not reachable/});
});
