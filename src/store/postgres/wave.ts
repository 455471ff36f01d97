// A batch is applied in order, and one statement changes a row once. So a batch is cut into waves: a
// change goes into the wave after the last one that holds its task, or its function and key. Changes of
// different tasks and keys do not see each other, so their order makes no difference. Nearly every batch
// is one wave. Functions have rows of their own and are changed beside the waves.
import {type Birth, type Change, keyOf, type Move, type Tidy} from '#store/store.ts';

export type TaskChange = Birth | Move | Tidy;

export type Wave = {readonly at: number; readonly change: TaskChange}[];

/** More bytes of bodies than this make another wave: a parameter has its limits, and so has memory. */
const mostBytes = 64 * 2 ** 20;

/** The changes of tasks but those left out, each with its place in the batch; at least one wave. */
export function wavesOf(changes: readonly Change[], leftOut: ReadonlySet<number> = new Set()): Wave[] {
	const waves: {wave: Wave; bytes: number}[] = [{wave: [], bytes: 0}];
	const lastOf = new Map<string, number>();
	for (const [at, change] of changes.entries()) {
		if (change.kind === 'deploy' || change.kind === 'retire' || leftOut.has(at)) continue;
		const names = namesOf(change);
		const bytes = bytesOf(change);
		const fits = ({bytes: sum}: {bytes: number}) => sum === 0 || bytes === 0 || sum + bytes <= mostBytes;
		let number = Math.max(...names.map(name => (lastOf.get(name) ?? -1) + 1));
		for (let one = waves[number]; one && !fits(one); one = waves[number]) number++;
		const into = waves[number] ?? {wave: [], bytes: 0};
		if (number === waves.length) waves.push(into);
		into.wave.push({at, change});
		into.bytes += bytes;
		for (const name of names) lastOf.set(name, number);
	}
	return waves.map(({wave}) => wave);
}

function namesOf(change: TaskChange): string[] {
	if (change.kind === 'tidy') return [change.timer.task];
	const {id, function: fn, key} = change.task;
	if (change.kind === 'move' || key === null) return [id];
	return [id, `key ${keyOf({function: fn, key})}`];
}

function bytesOf(change: TaskChange): number {
	if (change.kind === 'birth') return change.input.length + (change.history?.length ?? 0);
	if (change.kind === 'tidy') return 0;
	return (change.result?.length ?? 0) + (change.log?.lines.length ?? 0) + (change.history?.length ?? 0);
}
