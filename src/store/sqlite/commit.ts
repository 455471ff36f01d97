import type {DatabaseSync} from 'node:sqlite';
import type {Batch, Change, Commit, Fate} from '#store/store.ts';
import {prepareBirth} from './birth.ts';
import {prepareTally} from './counts.ts';
import type {Transact} from './database.ts';
import {prepareDeploy, prepareRetire} from './functions.ts';
import {prepareFence} from './homes.ts';
import {prepareLimit} from './limit.ts';
import {prepareMove} from './move.ts';
import type {RecentRows} from './recent.ts';
import {createTally, type Stamping} from './stamp.ts';
import {prepareTimers} from './timers.ts';

// The fence and how far the home is in one statement, in the transaction they belong to.
const advanceHome = `update homes set seq = max(seq, ?), acted_through = max(acted_through, ?)
	where home = ? and epoch = ?`;

export function prepareCommit(db: DatabaseSync, transact: Transact, recent: RecentRows) {
	const advance = db.prepare(advanceHome);
	const fenced = prepareFence(db);
	const apply = prepareChange(db, recent);
	const isFull = prepareLimit(db);
	const writeTally = prepareTally(db);
	const write = ({home, epoch, seq, actedThrough, changes}: Batch): Commit => {
		if (advance.run(seq, actedThrough, home, epoch).changes === 0) throw fenced(home, epoch);
		const stamp: Stamping = {home, epoch, seq, tally: createTally()};
		const fates = changes.map(change => (isFull(change, stamp) ? 'full' : apply(change, stamp)));
		writeTally(stamp.tally);
		return {fates};
	};
	return (batch: Batch): Commit => {
		try {
			return transact(() => write(batch));
		} catch (error) {
			recent.clear();
			throw error;
		}
	};
}

function prepareChange(db: DatabaseSync, recent: RecentRows): (change: Change, stamp: Stamping) => Fate {
	const timers = prepareTimers(db);
	const birth = prepareBirth(db, timers, recent);
	const move = prepareMove(db, timers, recent);
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
