// One decision a kind of event.
import {adopted, dispatch, isInherited, isOrphan, nodeHome, owes} from './acted.ts';
import {hasAttemptsLeft, isCharged} from './charge.ts';
import {
	type Case,
	change,
	type Decision,
	end,
	enqueue,
	first,
	hasRoom,
	ignore,
	pass,
	wantsReply,
} from './decision.ts';
import {isTooMany, judgeClaim} from './grant.ts';
import {type Model, must, specOf} from './model.ts';
import type {Effect, OpKind, Row, SoloCopy, Timer, TimerKind} from './state.ts';
import {isTerminal} from './state.ts';
import type {World} from './world.ts';

export const verbs: Readonly<Record<OpKind, (c: Case) => Decision>> = {
	birth,
	outcome,
	timer,
	cancel,
	claim: judgeClaim,
	giveUp,
	redrive,
	place,
	adopt,
	redo,
	audit,
};

const ungranted = {grants: 0, soloLosses: 0, soloCopies: []};

const isOutThere = (row: Row | undefined): row is Row => row?.state === 'queued' && row.placed;

const timerRow = (kind: TimerKind, task: string, attempt: number): Timer => ({
	id: `${kind} ${task}#${attempt}`,
	kind,
	task,
	attempt,
	owner: '',
});

function birth({m, w, id, op, row, extra}: Case): Decision {
	const {task} = op;
	const say: Effect[] = op.more.rest ? [{kind: 'say', task}] : [];
	// R10: a node that finds the row answers with it.
	if (row) return pass([...say, ...extra, ...(m.rules.dispatchIfMine ? [] : [dispatch(m, row, false)])]);
	const {expire, deadline} = specOf(m, task);
	const unborn: Row = {
		task,
		rev: 0,
		state: 'queued',
		attempt: 1,
		charged: 0,
		losses: 0,
		placed: false,
		reply: wantsReply(m, task),
		expires: expire === true,
		limited: deadline === true,
		home: id,
		epoch: nodeHome(w, id).epoch,
		seq: 0,
		...ungranted,
	};
	if (op.more.bornDead) return end(w, unborn, 'dead', []);
	const set = [
		...(expire ? [timerRow('expire', task, 0)] : []),
		...(deadline ? [timerRow('deadline', task, 0)] : []),
	];
	const born = enqueue(m, unborn, {}, hasRoom(m, w, id), {set});
	return {...born, effects: [...say, ...born.effects]};
}

function outcome({m, w, op, row, extra}: Case): Decision {
	if (!row) return ignore([]);
	const {attempt, blame} = must(op.more.outcomes?.[op.index], 'its outcome');
	const late = !m.rules.retryClosed && row.state === 'retrying';
	const current = row.attempt === attempt || (late && row.attempt - 1 === attempt);
	if (!(row.state === 'queued' || late) || !current) return ignore(extra);
	if (!blame) return end(w, row, 'succeeded', [], {takes: attempt});
	const paid = isCharged(blame);
	const counted = {charged: row.charged + (paid ? 1 : 0), losses: row.losses + (paid ? 0 : 1)};
	const more = {takes: attempt, charges: paid ? attempt : 0};
	if (!hasAttemptsLeft(m, specOf(m, op.task), row, blame)) return end(w, row, 'dead', [], more, counted);
	// R14: the failing commit moves to the next attempt at once. It was started, so it cannot expire.
	const next = {...counted, attempt: row.attempt + 1, placed: false, expires: false, ...ungranted};
	const clear = w.timers.filter(one => one.task === op.task && one.kind === 'expire').map(one => one.id);
	const set = [timerRow('retry', op.task, row.attempt + 1)];
	return change(row, {...next, state: 'retrying'}, [], {...more, set, clear});
}

function timer({m, w, id, op, row, extra}: Case): Decision {
	const {timer: fired, started} = op.more;
	if (!row || !fired) return pass([]);
	const fires = fired.id;
	if (!isFitting(m, row, fired)) return ignore([{kind: 'tidy', timer: fires}, ...extra]);
	if (fired.kind === 'retry') return enqueue(m, row, {}, hasRoom(m, w, id), {clear: [fires], fires});
	if (fired.kind === 'expire' && started && m.rules.rosterExpiry) {
		m.counts.overdueButRunning++;
		return change(row, {expires: false}, [], {clear: [fires], fires});
	}
	return end(w, row, 'expired', [{kind: 'stop', task: op.task, attempt: row.attempt}], {fires});
}

/** R18: the row says which timers it has; the commit's revision check then fences the timer too. */
function isFitting({rules}: Model, row: Row, {kind, attempt}: Timer): boolean {
	if (kind === 'retry') return row.state === 'retrying' && row.attempt === attempt;
	if (isTerminal(row.state)) return false;
	return !rules.timerInRow || (kind === 'expire' ? row.expires : row.limited);
}

function cancel({w, op, row, extra}: Case): Decision {
	const {task} = op;
	if (!row) return pass([{kind: 'receipt', task, state: 'unknown'}]);
	if (isTerminal(row.state)) return pass([{kind: 'receipt', task, state: row.state}, ...extra]);
	const stop: Effect = {kind: 'stop', task, attempt: row.attempt};
	return end(w, row, 'cancelled', [stop, {kind: 'receipt', task, state: 'cancelled'}]);
}

/** R17: the broker gave a work message up. */
function giveUp({m, w, op, row, extra}: Case): Decision {
	if (row?.state !== 'queued' || row.attempt !== op.more.items?.[op.index]?.attempt) return pass(extra);
	const {copy} = op.more;
	// A commit all the same: the dispatch has an heir, and a history of the task can name it.
	if (m.rules.deadJudge === 'redispatch')
		return again(m, w, row, one => m.rules.deadCounts && one.copy === copy);
	return end(w, row, 'dead', [], {limit: true});
}

/** R26: a commit, so that the dispatch has an heir (R7), and a history of the task can name it. */
function audit({m, w, row, extra}: Case): Decision {
	if (!isOutThere(row)) return pass(extra);
	return again(m, w, row, ({holder}) => m.rules.mailboxCounts && !isThere(w, holder));
}

/** R16, for what its broker does not bring back: the very process that held it is no more. */
function isThere({workers}: World, holder: string): boolean {
	const [id = '', epoch] = holder.split('#');
	return workers[id]?.up === true && workers[id].epoch === Number(epoch);
}

/**
 * R16: what ran alone and is lost is counted by the next claim. That comes behind all that was said before it; here the
 * outcome of what is lost may still be on its way.
 */
function again(m: Model, w: World, row: Row, isLost: (one: SoloCopy) => boolean): Decision {
	const soloCopies = row.soloCopies.map(one => (isLost(one) ? {...one, lost: true} : one));
	if (m.rules.lossAtClaim) return change(row, {soloCopies}, [dispatch(m, row, true)]);
	const left = soloCopies.filter(({lost}) => !lost);
	const soloLosses = row.soloLosses + (left.length < soloCopies.length ? 1 : 0);
	if (left.length < soloCopies.length && isTooMany(m, soloLosses))
		return end(w, row, 'dead', [], {limit: true});
	return change(row, {soloLosses, soloCopies: left}, [dispatch(m, row, true)]);
}

function redrive({m, w, id, op, row, extra}: Case): Decision {
	if (row?.state !== 'dead') return pass(extra);
	// A8: the next row does not owe this end's effects, so they come before its commit. One's own have been waited for.
	const isTold = row.home === id || row.seq <= nodeHome(w, row.home).actedThrough;
	if (m.rules.endFirst !== 'none' && op.more.told !== row.rev && !isTold) {
		op.more = {...op.more, told: row.rev};
		m.counts.toldBeforeRedrive++;
		return first(owes(m, row));
	}
	const reply = row.reply && specOf(m, op.task).redrive === 'answered';
	const attempt = m.rules.monotone ? row.attempt + 1 : 1;
	const next = {attempt, reply, charged: 0, losses: 0, expires: false, limited: false, ...ungranted};
	return enqueue(m, row, next, hasRoom(m, w, id), {redrives: true});
}

function place({m, row, extra}: Case): Decision {
	if (row?.state !== 'queued' || row.placed) return pass(extra);
	if (!m.rules.placeCommits) return pass([dispatch(m, row, false)]);
	return change(row, {placed: true}, [dispatch(m, row, false)]);
}

/** R19, A7: another home's row. The commit makes it ours, so that its effects have an heir again. */
function adopt({m, w, id, row, extra}: Case): Decision {
	if (!row) return pass([]);
	if (row.home === id) return pass(extra);
	if (!isOrphan(m, w, id, row)) return pass([]);
	m.counts.adopted++;
	const effects = adopted(m, w, row);
	return m.rules.adoptCommits ? change(row, {}, effects) : pass(effects);
}

/** A5: our own row, from before our start. No commit is needed: the held watermark remembers it. */
function redo({m, w, id, node, row, extra}: Case): Decision {
	if (!row || row.home !== id || row.epoch === nodeHome(w, id).epoch) return pass(extra);
	if (!isInherited(m, row, node.hold)) return pass(extra);
	m.counts.redone++;
	return m.rules.redo === 'commit' ? change(row, {}, owes(m, row)) : pass(owes(m, row));
}
