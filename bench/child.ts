import {type ChildProcess, fork} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';
import type {NodeOptions, Order, Reply} from './node.ts';

/** A node in another process, and how to tell it what to do. */
export type Child = {
	readonly pid: number;
	ask(order: Order): Promise<Reply>;
	stop(): Promise<void>;
	/** SIGKILL; what is asked of it meanwhile fails. */
	kill(): Promise<void>;
};

export async function startNode(options: NodeOptions): Promise<Child & {url: string}> {
	// What a node logs is for people; the bench's own output may be an object.
	const child = fork(join(import.meta.dirname, 'node.ts'), {
		execArgv: process.execArgv,
		stdio: ['ignore', 2, 2, 'ipc'],
	});
	const ask = asker(child);
	const {url = ''} = await ask({do: 'start', options});
	return {
		url,
		pid: child.pid ?? 0,
		ask,
		async stop() {
			await ask({do: 'stop'});
			child.disconnect();
			await once(child, 'exit');
		},
		async kill() {
			const gone = once(child, 'exit');
			child.kill('SIGKILL');
			await gone;
		},
	};
}

function asker(child: ChildProcess): Child['ask'] {
	const waiting = new Map<number, (reply: Reply) => void>();
	let counter = 0;
	child.on('message', ({id, reply}: {id: number; reply: Reply}) => {
		waiting.get(id)?.(reply);
		waiting.delete(id);
	});
	return async order => {
		const {promise, resolve, reject} = Promise.withResolvers<Reply>();
		const id = ++counter;
		const died = () => reject(new Error(`A node of the bench died during \`${order.do}\``));
		child.once('exit', died);
		waiting.set(id, resolve);
		child.send({id, order});
		const reply = await promise.finally(() => child.off('exit', died));
		if (reply.error !== undefined) throw new Error(`${order.do}: ${reply.error}`);
		return reply;
	};
}
