import test from 'ava';
import {birth, type MakePlace, move, world} from './world.ts';

const sized = (id: string, bytes: number) => birth(id, {}, {input: Buffer.alloc(bytes, id)});

export function inputsContract(name: string, make: MakePlace): void {
	test(`${name}: inputs are given in the order in which they are asked for, while they fit`, async t => {
		const {store, commit} = await world(t, make);
		// The large ones are kept beside their rows, packed.
		const sizes = {t1: 10, t2: 300_000, t3: 10, t4: 300_000, t5: 10};
		await commit(...Object.entries(sizes).map(([id, bytes]) => sized(id, bytes)));
		const ask = async (ids: readonly string[], most?: number) => {
			const found = await store.inputs(ids, most);
			for (const [id, input] of found) t.true(input.equals(Buffer.alloc(sizes[id as 't1'], id)));
			return [...found.keys()];
		};
		const all = ['t5', 't4', 't3', 't2', 't1'];
		t.deepEqual(await ask(all), all);
		t.deepEqual(await ask(all, 600_030), all);
		t.deepEqual(await ask(all, 600_029), ['t5', 't4', 't3', 't2']);
		t.deepEqual(await ask(all, 600_019), ['t5', 't4', 't3'], 'what is small and comes later has to wait');
		t.deepEqual(await ask(all, 300_010), ['t5', 't4']);
		t.deepEqual(await ask(all, 300_009), ['t5']);
		t.deepEqual(await ask(['t4', 't1'], 10), ['t4'], 'the first one, whatever it has');
		t.deepEqual(await ask(['t1', 't4'], 0), ['t1']);
		t.deepEqual(await ask([], 10), []);
	});

	test(`${name}: what has no input takes no room and keeps none from the others`, async t => {
		const {store, commit} = await world(t, make);
		await commit(sized('t1', 0), sized('t2', 0), sized('t3', 10), move('t1', 1, {state: 'succeeded'}));
		const ask = async (ids: readonly string[], most: number) => [...(await store.inputs(ids, most)).keys()];
		t.deepEqual(await ask(['nobody', 't3', 'nor', 't1'], 10), ['t3', 't1']);
		t.deepEqual(await ask(['t1', 't2', 't3'], 9), ['t1', 't2']);
		t.deepEqual(await ask(['nobody', 't3'], 1), ['t3']);
		t.deepEqual(await ask(['nobody', 'nor'], 10), []);
	});
}
