import test from 'ava';
import type {TaskPage} from '#contract/answers.ts';
import type {TaskView} from '#contract/task.ts';
import {open} from './door.ts';

type Door = Awaited<ReturnType<typeof open>>;

async function submit({call}: Door, fn: string, input = '1'): Promise<string> {
	const answer = await call('POST', `/v1/functions/${fn}/tasks`, input);
	return ((await answer.json()) as {task: string}).task;
}

test('a function is deployed with 201, and with 200 when the same is live already', async t => {
	const {call} = await open(t);
	const deployment = JSON.stringify({name: 'sum', language: 'javascript', code: 'export default () => 1'});
	const first = await call('POST', '/v1/functions', deployment);
	t.is(first.status, 201);
	t.is(first.headers.get('location'), '/v1/functions/sum');
	t.is((await call('POST', '/v1/functions', deployment)).status, 200);
	t.is((await call('POST', '/v1/functions', deployment.replace('=> 1', '=> 2'))).status, 201);
	t.like(await (await call('GET', '/v1/functions/sum')).json(), {name: 'sum', state: 'active', number: 2});
	t.like(await (await call('GET', '/v1/functions/sum/versions')).json(), {versions: [{name: 'sum'}]});
	const {functions} = (await (await call('GET', '/v1/functions')).json()) as {functions: {name: string}[]};
	t.deepEqual(functions.map(({name}) => name).sort(), ['echo', 'slow', 'sum', 'throws']);
});

test('a deployment that is not valid names its place', async t => {
	const {call} = await open(t);
	const wrong: [object, number, RegExp][] = [
		[{name: 'Sum', language: 'javascript', code: 'x'}, 400, /`\/name` must be a function name: .*got "Sum"/],
		[{name: 'sum', language: 'javascript', code: 'x', polciy: {}}, 400, /must not have `polciy`/],
		[{name: 'sum', language: 'javascript', code: 'x', policy: {wallMs: 0}}, 400, /`\/policy\/wallMs`.*got 0/],
		[{name: 'sum', language: 'javascript', code: 'x', env: {'A-B': {}}}, 400, /`\/env` must not have `A-B`/],
		[{name: 'sum', language: 'javascript', code: 'syntax error'}, 422, /index\.ts:3:5/],
	];
	for (const [deployment, status, says] of wrong) {
		const answer = await call('POST', '/v1/functions', JSON.stringify(deployment));
		t.is(answer.status, status);
		t.regex(((await answer.json()) as {detail: string}).detail, says);
	}
});

test('a function with open tasks is removed only when they are cancelled first', async t => {
	const door = await open(t);
	const task = await submit(door, 'slow');
	t.is((await door.call('DELETE', '/v1/functions/slow')).status, 409);
	t.like(await (await door.call('DELETE', '/v1/functions/slow?cancel=true')).json(), {cancelled: 1});
	t.is(door.tasks.get(task)?.view.state, 'cancelled');
	t.is((await door.call('GET', '/v1/functions/slow')).status, 404);
});

test('a function is paused with a reason, and resumed', async t => {
	const {call} = await open(t);
	const paused = await call('POST', '/v1/functions/slow/pause?why=repairs');
	t.is(paused.status, 200);
	t.like(await paused.json(), {name: 'slow', state: 'paused', pause: {by: 'operator', why: 'repairs'}});
	t.like(await (await call('GET', '/v1/functions/slow')).json(), {state: 'paused'});
	t.like(await (await call('POST', '/v1/functions/slow/resume')).json(), {state: 'active', pause: null});
	t.is((await call('POST', '/v1/functions/slow/pause?wy=repairs')).status, 400);
	t.is((await call('POST', '/v1/functions/nobody/resume')).status, 404);
});

test('a look at a task may wait for its end', async t => {
	const door = await open(t);
	const task = await submit(door, 'slow');
	t.like(await (await door.call('GET', `/v1/tasks/${task}`)).json(), {
		state: 'queued',
		waitingFor: 'a worker',
	});
	const waiting = door.call('GET', `/v1/tasks/${task}?wait=30s`);
	t.like(await (await door.call('GET', `/v1/tasks/${task}?wait=1ms`)).json(), {state: 'queued'});
	const early = await door.call('GET', `/v1/tasks/${task}/result?wait=1ms`);
	t.like(await early.json(), {status: 504, code: 'WAIT_OVER', task});
	const result = door.call('GET', `/v1/tasks/${task}/result?wait=30s`);
	door.end(task, 'succeeded', Buffer.from('[1.0]'), null);
	t.is(await (await result).text(), '[1.0]');
	t.like(await (await waiting).json(), {id: task, state: 'succeeded'});
	t.is(await (await door.call('GET', `/v1/tasks/${task}/result`)).text(), '[1.0]');
	t.like(await (await door.call('GET', `/v1/tasks/${task}/logs`)).json(), {logs: [{attempt: 1}]});
});

test('what is asked of tasks that are not there, not over, or not valid is refused by name', async t => {
	const door = await open(t);
	const task = await submit(door, 'slow');
	const wrong: [string, string, number, string, RegExp][] = [
		['GET', '/v1/tasks/01ARZ3NDEKTSV4RRFFQ69G5FAV', 404, 'TASK_NOT_FOUND', /no task `01ARZ/],
		[
			'GET',
			'/v1/tasks/xyz',
			400,
			'INVALID_INPUT',
			/^The address is not valid: `\/id` must be a task id: 26 digits.* got "xyz"$/,
		],
		['GET', `/v1/tasks/${task}/result`, 409, 'CONFLICT', /queued/],
		[
			'GET',
			`/v1/tasks/${task}?wait=30`,
			400,
			'INVALID_INPUT',
			/^The query is not valid: `wait` must be how long .*`500ms`.*, got "30"$/,
		],
		['GET', `/v1/tasks/${task}?wait=1h`, 400, 'INVALID_INPUT', /`wait` to be at most 4m, got `1h`/],
		[
			'GET',
			`/v1/tasks/${task}?wiat=1s`,
			400,
			'INVALID_INPUT',
			/^The query is not valid: there is no `wiat` here, this address takes only `wait`$/,
		],
		['GET', '/v1/tasks?limit=0', 400, 'INVALID_INPUT', /`limit` must be >= 1, got 0/],
		['GET', '/v1/tasks?state=done', 400, 'INVALID_INPUT', /`state`/],
		['GET', '/v1/tasks?before=xx', 400, 'INVALID_INPUT', /`before` must be/],
		['GET', '/v1/tasks?limit=5.7', 400, 'INVALID_INPUT', /`limit` must be integer, got "5.7"/],
		['GET', '/v1/tasks?limit=5&limit=6', 400, 'INVALID_INPUT', /`limit` was given 2 times/],
		['GET', '/v1/dead-letters?all=yes', 400, 'INVALID_INPUT', /`all` must be boolean, got "yes"/],
		['GET', '/v1/status?x=1', 400, 'INVALID_INPUT', /there is no `x` here, this address takes none/],
		['POST', '/v1/functions/echo/invoke?wiat=1', 400, 'INVALID_INPUT', /there is no `wiat`/],
		['POST', '/v1/functions/echo/tasks?wait=1s', 400, 'INVALID_INPUT', /there is no `wait`/],
		['POST', `/v1/dead-letters/${task}/redrive`, 409, 'CONFLICT', /queued/],
	];
	for (const [method, path, status, code, says] of wrong) {
		const answer = await door.call(method, path);
		t.is(answer.status, status, path);
		const problem = (await answer.json()) as {code: string; detail: string};
		t.is(problem.code, code, path);
		t.regex(problem.detail, says);
	}
});

test('tasks are listed newest first, page by page, without a gap', async t => {
	const door = await open(t);
	const made: string[] = [];
	for (let n = 0; n < 5; n += 1) made.push(await submit(door, n % 2 === 0 ? 'echo' : 'slow'));
	const seen: string[] = [];
	let before = '';
	for (;;) {
		const answer = await door.call('GET', `/v1/tasks?limit=2${before}`);
		const {tasks, next} = (await answer.json()) as TaskPage;
		seen.push(...tasks.map(({id}) => id));
		if (next === null) break;
		before = `&before=${next}`;
	}
	t.deepEqual(seen, [...made].sort().reverse());
	const slow = (await (await door.call('GET', '/v1/tasks?function=slow&state=queued')).json()) as TaskPage;
	t.is(slow.tasks.length, 2);
});

test('a cancel says what it found, and twice is harmless', async t => {
	const door = await open(t);
	const task = await submit(door, 'slow');
	const cancel = async () => (await door.call('POST', `/v1/tasks/${task}/cancel`)).json();
	t.like(await cancel(), {was: 'queued', state: 'cancelled', cancelled: true});
	t.like(await cancel(), {was: 'cancelled', state: 'cancelled', cancelled: false});
	const result = await door.call('GET', `/v1/tasks/${task}/result`);
	t.like(await result.json(), {status: 409, code: 'CANCELLED', task});
});

test('dead letters show what nobody waited for, all on demand, and are redriven', async t => {
	const door = await open(t);
	const task = await submit(door, 'throws');
	await door.call('POST', '/v1/functions/throws/invoke', '1');
	const dead = async (query = '') =>
		((await (await door.call('GET', `/v1/dead-letters${query}`)).json()) as TaskPage).tasks;
	t.deepEqual(
		(await dead()).map(({id}) => id),
		[task],
	);
	t.is((await dead('?all=true')).length, 2);
	const view = (await (await door.call('POST', `/v1/dead-letters/${task}/redrive`)).json()) as TaskView;
	t.like(view, {id: task, state: 'queued', attempt: 2});
	t.is((await dead()).length, 0);
});

test('operators get workers, status, health, readiness and metrics', async t => {
	const door = await open(t);
	t.like(await (await door.call('GET', '/v1/workers')).json(), {workers: [{id: 'w1', slots: 8}]});
	t.like(await (await door.call('GET', '/v1/nodes')).json(), {nodes: [{id: 'n1', live: true}]});
	t.like(await (await door.call('GET', '/v1/status')).json(), {node: 'n1', ledger: {accepted: 0}});
	t.is((await door.call('GET', '/healthz')).status, 200);
	t.is((await door.call('GET', '/readyz')).status, 200);
	door.fake.missing = 'the broker is out of reach';
	const notReady = await door.call('GET', '/readyz');
	t.is(notReady.headers.get('retry-after'), '1');
	t.like(await notReady.json(), {
		status: 503,
		code: 'UNAVAILABLE',
		detail: 'Not ready: the broker is out of reach',
	});
	const metrics = await door.call('GET', '/metrics');
	t.regex(metrics.headers.get('content-type') ?? '', /^text\/plain/);
	t.regex(await metrics.text(), /warren_tasks_in_flight 0/);
});
