import type {DatabaseSync} from 'node:sqlite';
import {type Batch, type Change, type Commit, type Fate, Fenced, type HomeRow} from '#store/store.ts';
import {prepareBirth} from './birth.ts';
import {prepareTally} from './counts.ts';
import type {Transact} from './database.ts';
import {prepareDeploy, prepareRetire} from './functions.ts';
import {prepareMove} from './move.ts';
import {createTally, type Stamping} from './stamp.ts';
import {prepareTimers} from './timers.ts';

const openHome = `insert into homes(home, epoch, seq, acted_through) values(?, 1, 0, 0)
	on conflict do update set epoch = epoch + 1
	returning home, epoch, seq, acted_through as actedThrough`;
// The fence and the commit's number in one statement, in the transaction they belong to.
const advanceHome = `update homes set seq = seq + 1, acted_through = max(acted_through, ?)
	where home = ? and epoch = ? returning seq`;
const readHome = 'select epoch from homes where home = ?';

export function prepareOpen(db: DatabaseSync, transact: Transact) {
	const open = db.prepare(openHome);
	return (home: string): HomeRow => transact(() => ({...(open.get(home) as HomeRow)}));
}

export function prepareCommit(db: DatabaseSync, transact: Transact) {
	const advance = db.prepare(advanceHome);
	const current = db.prepare(readHome);
	const apply = prepareChange(db);
	const writeTally = prepareTally(db);
	return ({home, epoch, actedThrough, changes}: Batch): Commit =>
		transact(() => {
			const row = advance.get(actedThrough, home, epoch) as {seq: number} | undefined;
			if (!row) throw fenced(home, epoch, current.get(home) as {epoch: number} | undefined);
			const stamp: Stamping = {home, epoch, seq: row.seq, tally: createTally()};
			const fates = changes.map(change => apply(change, stamp));
			writeTally(stamp.tally);
			return {seq: row.seq, fates};
		});
}

function prepareChange(db: DatabaseSync): (change: Change, stamp: Stamping) => Fate {
	const timers = prepareTimers(db);
	const birth = prepareBirth(db, timers);
	const move = prepareMove(db, timers);
	const deploy = prepareDeploy(db);
	const retire = prepareRetire(db);
	return (change, stamp) => {
		switch (change.kind) {
			case 'birth':
				return birth(change, stamp);
			case 'move':
				return move(change, stamp);
			case 'deploy':
				return deploy(change);
			case 'retire':
				return retire(change);
			case 'tidy':
				return timers.tidy(change.timer);
		}
	};
}

function fenced(home: string, epoch: number, now: {epoch: number} | undefined): Fenced {
	if (!now) return new Fenced(`The home ${home} was never opened in this store: open it before committing`);
	return new Fenced(
		`The home ${home} was opened by another process (epoch ${now.epoch}, this one has ${epoch}): ` +
			'stop this process, or give each its own node.id',
	);
}
