import {fail} from '#actors/failure.ts';
import {isTerminal, type TaskEvent} from '#actors/task.ts';
import type {CancelReceipt, TaskView} from '#contract/task.ts';
import type {Settled, World} from '#runtime/letter.ts';
import type {TaskRow} from '#store/store.ts';
import type {Answer} from './api.ts';
import {type Desk, no, yes} from './desk.ts';
import {unknown, view} from './inspect.ts';

type Read = (row: TaskRow, world: World) => readonly TaskEvent[] | undefined;

const ask = ({home}: Desk, name: string, task: string, read: Read) =>
	new Promise<Settled>(settle => home.tell({kind: 'event', name, task, read, settle}));

export async function cancel(desk: Desk, id: string): Promise<Answer<CancelReceipt>> {
	const settled = await ask(desk, 'cancel', id, (row, {now}) =>
		isTerminal(row.state) ? undefined : [{type: 'cancel', at: now}],
	);
	if (settled.how === 'failed') return no(settled.failure);
	if (settled.how === 'committed') {
		const {was, row} = settled;
		const running = was?.state === 'queued' && desk.home.roster.startedAt(id, was.attempt) !== undefined;
		return yes({
			task: id,
			was: running ? 'running' : (was?.state ?? row.state),
			state: row.state,
			cancelled: true,
		});
	}
	const row = settled.how === 'passed' ? settled.row : undefined;
	return row ? yes({task: id, was: row.state, state: row.state, cancelled: false}) : no(unknown(id));
}

/** The next life of a dead task. It takes the live version, unless told otherwise or there is none. */
export async function redrive(
	desk: Desk,
	id: string,
	options: {sameVersion?: boolean; reply?: boolean} = {},
): Promise<Answer<TaskView>> {
	const settled = await ask(desk, 'redrive', id, (row, world) => {
		if (row.state !== 'dead') return undefined;
		const live = options.sameVersion ? undefined : desk.home.functions.get(row.function)?.live;
		const version = live?.digest ?? row.version;
		const maxAttempts = live?.policy.maxAttempts ?? row.maxAttempts;
		return [
			{
				type: 'redrive',
				at: world.now,
				room: world.room(),
				version,
				maxAttempts,
				reply: options.reply === true,
			},
		];
	});
	if (settled.how === 'failed') return no(settled.failure);
	if (settled.how === 'committed') return yes(view(desk, settled.row));
	const row = settled.how === 'passed' ? settled.row : undefined;
	return row
		? no(fail('CONFLICT', `Task ${id} is ${row.state}; only a dead task can be redriven`))
		: no(unknown(id));
}
