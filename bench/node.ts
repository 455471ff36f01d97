// A node of the bench in a process of its own. It drives the `Api` door itself, since that door is in
// the server's process; the other doors are driven from outside.
import type {Api} from '#api/api.ts';
import type {Deploy} from '#contract/function.ts';
import type {End} from '#runtime/waiters.ts';
import {createWarren, type Role, type Warren, type WarrenOptions} from '#warren.ts';
import {batch, body, burst, closedLoop, expectEcho, mapAll} from './load.ts';
import {mapNumbers} from './map.ts';
import {cancelAll, drained, ended, fill, type Pace, put} from './queue.ts';
import type {Run} from './stats.ts';

export type NodeOptions = {
	readonly roles: Role[];
	readonly data: string;
	readonly broker: string;
	readonly prefix: string;
	readonly executors: number;
	/** How often a server audits; as it does by itself unless given. */
	readonly auditMs?: number;
	/** SQLite in the folder of the data unless given. */
	readonly store?: string;
	/** Beside the executors. */
	readonly worker?: WarrenOptions['worker'];
	readonly dispatch?: WarrenOptions['dispatch'];
};

export type Order =
	| {readonly do: 'start'; readonly options: NodeOptions}
	| {readonly do: 'deploy'; readonly name: string; readonly code: string; readonly policy?: Deploy['policy']}
	/** `names`: the functions that are called, at random; `echo` unless given. */
	| {
			readonly do: 'loop';
			readonly callers: number;
			readonly durationMs: number;
			readonly names?: string[];
			/** Of a body; 256 unless said. */
			readonly bytes?: number;
	  }
	/** Each caller calls once. */
	| {readonly do: 'burst'; readonly callers: number; readonly name: string}
	/** So many small inputs as one request. */
	| {readonly do: 'map'; readonly name: string; readonly size: number}
	| {readonly do: 'batch'; readonly size: number; readonly name?: string}
	| {readonly do: 'first'; readonly name: string}
	/** Submits one, whatever it returns. */
	| {readonly do: 'put'; readonly name: string; readonly input: string}
	| {readonly do: 'result'; readonly task: string}
	| {readonly do: 'cancel'; readonly tasks: string[]}
	| {readonly do: 'fill'; readonly name: string; readonly count: number}
	/** How many of it have ended so far. */
	| {readonly do: 'ended'; readonly name: string}
	/** Waits until so many more of it have. */
	| {readonly do: 'drained'; readonly name: string; readonly count: number}
	/** How many sandboxes the workers keep warm. */
	| {readonly do: 'warm'}
	| {readonly do: 'stop'};

export type Reply = {
	readonly url?: string | undefined;
	readonly run?: Run;
	readonly ms?: number;
	readonly pace?: Pace;
	readonly task?: string;
	readonly text?: string;
	readonly count?: number;
	readonly error?: string;
};

const patienceMs = 60_000;

let warren: Warren | undefined;

async function obey(order: Order): Promise<Reply> {
	switch (order.do) {
		case 'start': {
			warren = await createWarren(optionsOf(order.options));
			await warren.start();
			return {url: warren.url};
		}
		case 'deploy': {
			const {name, code, policy} = order;
			const answer = await theApi().deploy({name, language: 'javascript', code, ...(policy && {policy})});
			return answer.ok ? {} : {error: answer.failure.message};
		}
		case 'loop': {
			const {callers, durationMs, names = ['echo'], bytes} = order;
			const some = () => names[Math.floor(Math.random() * names.length)] ?? '';
			return {run: await closedLoop(callers, durationMs, text => call(theApi(), some(), text), bytes)};
		}
		case 'batch':
			return {run: await batch(order.size, bodies => callAll(theApi(), bodies, order.name))};
		case 'burst':
			return {run: await burst(order.callers, text => call(theApi(), order.name, text))};
		case 'map':
			return {run: await mapAll(order.size, inputs => mapNumbers(theApi(), order.name, inputs))};
		case 'first': {
			const startedAt = performance.now();
			await call(theApi(), order.name, body(1));
			return {ms: performance.now() - startedAt};
		}
		case 'put':
			return {task: await put(theApi(), order.name, order.input)};
		case 'result': {
			await theApi().await(order.task, patienceMs);
			const answer = await theApi().result(order.task);
			return answer.ok ? {text: answer.value.toString()} : {error: answer.failure.message};
		}
		case 'cancel':
			await cancelAll(theApi(), order.tasks);
			return {};
		case 'fill':
			return {pace: await fill(theApi(), order.name, order.count)};
		case 'ended':
			return {count: await ended(theNode().ambient.metrics, order.name)};
		case 'drained':
			return {pace: await drained(theNode().ambient.metrics, order.name, order.count)};
		case 'warm': {
			const warm = theApi()
				.workers()
				.flatMap(worker => Object.values(worker.warm));
			return {count: warm.reduce((sum, count) => sum + count, 0)};
		}
		case 'stop':
			await warren?.stop();
			return {};
	}
}

function optionsOf({roles, data, broker, prefix, executors, auditMs, ...given}: NodeOptions): WarrenOptions {
	const http = {host: '127.0.0.1', port: 0, bodyLimitBytes: 8 * 1024 * 1024};
	const dispatch = {...given.dispatch, ...(auditMs !== undefined && {auditMs})};
	return {
		...{roles, data, dispatch, broker: {url: broker, prefix}},
		worker: {...given.worker, executors},
		...(given.store !== undefined && {store: {url: given.store}}),
		...(roles.includes('server') && {http}),
	};
}

function theNode(): Warren {
	if (!warren) throw new Error('Expected the node to be started first');
	return warren;
}

const theApi = (): Api => theNode().api;

const call = (api: Api, name: string, text: string) => callAll(api, [text], name);

/** Submits a list and waits until every result is here and right. */
async function callAll(api: Api, texts: readonly string[], name = 'echo'): Promise<void> {
	let left = texts.length;
	const {promise, resolve, reject} = Promise.withResolvers<void>();
	const check = (text: string, result: Buffer) => {
		try {
			expectEcho(text, result.toString());
			if (--left === 0) resolve();
		} catch (error) {
			reject(error);
		}
	};
	const submissions = texts.map(text => ({
		function: name,
		input: Buffer.from(text),
		door: 'api' as const,
		asynchronous: true,
		ended({task, failure, result}: End) {
			if (failure) reject(new Error(failure.message));
			else if (result) check(text, result);
			else resultOf(api, task).then(stored => check(text, stored), reject);
		},
	}));
	for (const answer of await api.submit(submissions))
		if (!answer.ok) reject(new Error(answer.failure.message));
	return promise;
}

/** Where an end was found in the store, its result is to be read there. */
async function resultOf(api: Api, task: string): Promise<Buffer> {
	const answer = await api.result(task);
	if (!answer.ok) throw new Error(answer.failure.message);
	return answer.value;
}

process.on('message', ({id, order}: {id: number; order: Order}) => {
	obey(order).then(
		reply => process.send?.({id, reply}),
		error => process.send?.({id, reply: {error: String(error)}}),
	);
});
process.on('disconnect', () => process.exit(0));
