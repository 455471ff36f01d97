import type {ExecutionContext} from 'ava';
import type {Client} from '#client/client.ts';
import type {Warren} from '#warren.ts';

export const sleep = 'export default ms => new Promise(resolve => setTimeout(() => resolve(ms), ms));';

/** Keeps so many tasks open until it is told to stop; gives what became of all. */
export function load(client: Client, width = 32) {
	let over = false;
	const one = async (): Promise<string[]> => {
		const tasks: string[] = [];
		while (!over) {
			const {task} = await client.invoke('sleep', 20, {waitMs: 60_000});
			tasks.push(task);
		}
		return tasks;
	};
	const all = Array.from({length: width}, one);
	return async () => {
		over = true;
		return (await Promise.all(all)).flat();
	};
}

/** Every task ran once, in its first attempt, and the books balance. */
export async function nothingLostOrTwice(
	t: ExecutionContext,
	{api, ambient}: Warren,
	tasks: readonly string[],
) {
	t.true(tasks.length >= 32, `only ${tasks.length} tasks`);
	for (const task of tasks) {
		const view = await api.inspect(task);
		t.like(view, {value: {state: 'succeeded', attempt: 1, charged: 0}});
	}
	const {values} = await ambient.metrics.stale.get();
	t.deepEqual(
		values.filter(({value}) => value > 0),
		[],
	);
	t.like(await api.audit(), {value: {balanced: true, difference: 0}});
}
