import type Table from 'cli-table3';
import {bundle} from '#client/bundle.ts';
import type {Client} from '#client/client.ts';
import type {TaskView} from '#contract/task.ts';

export type Failures = {readonly client: Client; readonly table: Table.Table; readonly problems: string[]};

/** What goes wrong, and what becomes of it: a retry, a dead letter and its redrive, a stop, a cancel. */
export async function showFailures(parts: Failures): Promise<void> {
	await retried(parts);
	await redriven(parts);
	await stopped(parts);
	await cancelled(parts);
}

const entry = (name: string) => bundle({entry: `examples/functions/${name}.ts`});

async function retried({client, table, problems}: Failures): Promise<void> {
	const policy = {maxAttempts: 3, backoff: {baseMs: 100, factor: 2, maxMs: 1000}};
	await client.deploy({name: 'flaky', ...(await entry('flaky')), policy});
	const task = await ended(client, 'flaky', {order: 7});
	expect(problems, 'the flaky task', task, {state: 'succeeded', attempt: 2});
	table.push(['throws once, is retried', 1, took(task), `${task.state} on attempt ${task.attempt}`]);
}

async function redriven({client, table, problems}: Failures): Promise<void> {
	await client.deploy({name: 'greet', ...(await entry('broken'))});
	const dead = await ended(client, 'greet', {customer: {}});
	expect(problems, 'the broken task', dead, {state: 'dead', attempt: 1});
	const letters = await client.deadLetters();
	if (!letters.some(({id}) => id === dead.id)) problems.push('the dead task is not among the dead letters');
	await client.deploy({name: 'greet', ...(await entry('mended'))});
	await client.redrive(dead.id);
	const alive = await client.wait(dead.id);
	expect(problems, 'the redriven task', alive, {state: 'succeeded', attempt: 2});
	table.push([
		'dies, is redriven on a fixed version',
		1,
		took(alive),
		`${dead.failure?.code} → ${alive.state}`,
	]);
}

async function stopped({client, table, problems}: Failures): Promise<void> {
	await client.deploy({name: 'endless', ...(await entry('endless')), policy: {wallMs: 500, cpuMs: 500}});
	const task = await ended(client, 'endless', null);
	const code = task.failure?.code ?? '';
	if (task.state !== 'dead' || !['TIMEOUT', 'CPU_LIMIT'].includes(code)) {
		problems.push(`the endless task is ${task.state} with ${code}, expected dead by its limit`);
	}
	table.push(['while (true), stopped at its limit of 500 ms', 1, took(task), `${task.state}: ${code}`]);
}

async function cancelled({client, table, problems}: Failures): Promise<void> {
	await client.deploy({
		name: 'patient',
		...(await entry('endless')),
		policy: {wallMs: 60_000, cpuMs: 60_000},
	});
	const {task} = await client.submit('patient', null);
	for await (const view of watch(client, task)) if (view.state === 'running') break;
	const receipt = await client.cancel(task);
	const view = await client.wait(task);
	expect(problems, 'the cancelled task', view, {state: 'cancelled', attempt: 1});
	table.push(['while (true), cancelled as it runs', 1, took(view), `was ${receipt.was}, is ${view.state}`]);
}

async function* watch(client: Client, task: string): AsyncGenerator<TaskView> {
	for (;;) yield await client.wait(task, {waitMs: 100});
}

async function ended(client: Client, fn: string, input: unknown): Promise<TaskView> {
	const {task} = await client.submit(fn, input);
	return client.wait(task);
}

function took({createdAt, endedAt}: TaskView): string {
	return endedAt === null ? '' : `${endedAt - createdAt} ms`;
}

function expect(
	problems: string[],
	what: string,
	task: TaskView,
	wanted: {state: string; attempt: number},
): void {
	if (task.state === wanted.state && task.attempt === wanted.attempt) return;
	const reason = task.failure ? ` (${task.failure.code}: ${task.failure.message})` : '';
	problems.push(
		`${what} is ${task.state} on attempt ${task.attempt}${reason}, expected ${wanted.state} on ${wanted.attempt}`,
	);
}
