// A process that commits until it is killed: `committer.ts FILE`. Every commit bears five tasks with
// bodies and timers and ends the five before; after it has resolved its number goes to stdout, one a line.
import {writeSync} from 'node:fs';
import {openSqlite} from '#store/sqlite/store.ts';
import {ambient, birth, move, now} from './world.ts';

const [path = ''] = process.argv.slice(2);
const store = await openSqlite(ambient(), {path});
const {epoch, seq: start} = await store.open('n1');

for (let seq = start + 1; ; seq++) {
	const members = [0, 1, 2, 3, 4];
	const born = members.map(i => {
		const task = `${seq}-${i}`;
		const timers = [{task, kind: 'deadline', at: now, attempt: 1}] as const;
		return birth(task, {}, {input: Buffer.alloc(2000, `${i}`), timers});
	});
	const result = Buffer.from(`${seq}`);
	const ended = members.map(i => move(`${seq - 1}-${i}`, 1, {state: 'succeeded'}, {result, clear: 'all'}));
	await store.commit({home: 'n1', epoch, seq, actedThrough: seq - 1, changes: [...born, ...ended]});
	// Synchronous, so that what was said is out before the next commit begins.
	writeSync(1, `${seq}\n`);
}
