// May a worker run an attempt that may have been run before (R13, R15, R16)?
import {type Case, change, type Decision, end, ignore, pass} from './decision.ts';
import {type Model, must, violate} from './model.ts';
import type {Claim, Effect, Grant, Row} from './state.ts';

export function judgeClaim(c: Case): Decision {
	const {m, w, op, row, extra} = c;
	const claim = must(op.more.claim, 'the claim');
	if (row?.state !== 'queued' || row.attempt !== claim.attempt) {
		return ignore([answer(claim, 'no'), ...extra]);
	}
	const truth = w.rows[op.task];
	if (truth?.state !== 'queued' || truth.attempt !== claim.attempt) {
		violate(m, `claim granted for an attempt that is over: ${op.task}#${claim.attempt}`);
	}
	m.counts.granted++;
	if (!m.rules.solo) return pass([answer(claim, 'yes')]);
	if (row.grants === 0) return change(row, {grants: 1}, [answer(claim, 'yes')]);
	if (m.rules.soloLock && !claim.alone) return pass([answer(claim, 'alone')]);
	return grantAlone(c, claim, row);
}

function grantAlone({m, w}: Case, claim: Claim, row: Row): Decision {
	const holder = `${claim.worker}#${claim.epoch}`;
	const granted = row.soloCopies.filter(one => one.copy === claim.copy);
	const heldIt = granted.some(one => one.holder === holder);
	const cameBack = claim.redelivered && granted.length > 0 && !(heldIt && m.rules.soloHolder);
	const isLost = m.rules.soloCopy ? cameBack : row.grants > 1;
	const left = row.soloCopies.filter(({lost}) => !lost);
	const others = row.soloCopies.filter(({lost, copy}) => lost && !(isLost && copy === claim.copy));
	const soloLosses = row.soloLosses + others.length + (isLost ? 1 : 0);
	if (isTooMany(m, soloLosses)) {
		return end(w, row, 'dead', [answer(claim, 'no')], {limit: true});
	}
	const soloCopies = heldIt ? left : [...left, {copy: claim.copy, holder}];
	return change(row, {grants: row.grants + 1, soloLosses, soloCopies}, [answer(claim, 'solo')]);
}

export const isTooMany = ({config}: Model, soloLosses: number): boolean =>
	soloLosses >= (config.mostLosses ?? 2);

const answer = (claim: Claim, grant: Grant): Effect => ({kind: 'answer', claim, grant});
