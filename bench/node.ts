// A node of the bench in a process of its own. It drives the `Api` door itself, since that door is in
// the server's process; the other doors are driven from outside.
import type {Api} from '#api/api.ts';
import {createWarren, type Role, type Warren} from '#warren.ts';
import {batch, body, closedLoop, expectEcho} from './load.ts';
import type {Run} from './stats.ts';

export type NodeOptions = {
	readonly roles: Role[];
	readonly data: string;
	readonly broker: string;
	readonly prefix: string;
	readonly executors: number;
	/** How often a server audits; as it does by itself unless given. */
	readonly auditMs?: number;
};

export type Order =
	| {readonly do: 'start'; readonly options: NodeOptions}
	| {readonly do: 'deploy'; readonly name: string; readonly code: string}
	| {readonly do: 'loop'; readonly callers: number; readonly durationMs: number}
	| {readonly do: 'batch'; readonly size: number}
	| {readonly do: 'first'; readonly name: string}
	| {readonly do: 'stop'};

export type Reply = {
	readonly url?: string | undefined;
	readonly run?: Run;
	readonly ms?: number;
	readonly error?: string;
};

let warren: Warren | undefined;

async function obey(order: Order): Promise<Reply> {
	switch (order.do) {
		case 'start': {
			const {roles, data, broker, prefix, executors, auditMs} = order.options;
			const http = {host: '127.0.0.1', port: 0, bodyLimitBytes: 8 * 1024 * 1024};
			const worker = {executors};
			warren = await createWarren({
				roles,
				data,
				broker: {url: broker, prefix},
				worker,
				...(auditMs !== undefined && {dispatch: {auditMs}}),
				...(roles.includes('server') && {http}),
			});
			await warren.start();
			return {url: warren.url};
		}
		case 'deploy': {
			const answer = await theApi().deploy({name: order.name, language: 'javascript', code: order.code});
			return answer.ok ? {} : {error: answer.failure.message};
		}
		case 'loop':
			return {run: await closedLoop(order.callers, order.durationMs, text => call(theApi(), 'echo', text))};
		case 'batch':
			return {run: await batch(order.size, bodies => callAll(theApi(), bodies))};
		case 'first': {
			const startedAt = performance.now();
			await call(theApi(), order.name, body(1));
			return {ms: performance.now() - startedAt};
		}
		case 'stop':
			await warren?.stop();
			return {};
	}
}

function theApi(): Api {
	if (!warren) throw new Error('Expected the node to be started first');
	return warren.api;
}

const call = (api: Api, name: string, text: string) => callAll(api, [text], name);

/** Submits a list and waits until every result is here and right. */
async function callAll(api: Api, texts: readonly string[], name = 'echo'): Promise<void> {
	let left = texts.length;
	const {promise, resolve, reject} = Promise.withResolvers<void>();
	const submissions = texts.map(text => ({
		function: name,
		input: Buffer.from(text),
		door: 'api' as const,
		asynchronous: true,
		ended: ({failure, result}: {failure: {message: string} | null; result: Buffer | undefined}) => {
			try {
				if (failure) throw new Error(failure.message);
				expectEcho(text, result?.toString() ?? '');
				if (--left === 0) resolve();
			} catch (error) {
				reject(error);
			}
		},
	}));
	for (const answer of await api.submit(submissions))
		if (!answer.ok) reject(new Error(answer.failure.message));
	return promise;
}

process.on('message', ({id, order}: {id: number; order: Order}) => {
	obey(order).then(
		reply => process.send?.({id, reply}),
		error => process.send?.({id, reply: {error: String(error)}}),
	);
});
process.on('disconnect', () => process.exit(0));
