// The rules of a task's life, as switches. All on: what is built. One off: a plausible mistake, and the
// checker shows what breaks. A-numbers are those of docs/decisions/0002-acted-through.md.

export type Rules = {
	// ---- commit
	/** R1: a write names the revision it was decided on. */
	revision: boolean;
	/** R1: in a group every row is judged for itself. Off: one row that is done stands for all. */
	judgeEach: boolean;
	/** R2: the cache changes after the commit, never at the decision. */
	lateCache: boolean;
	/** R3: nothing leaves before the commit. */
	actAfterCommit: boolean;
	/** R3: intake is acked after commit 1. */
	intakeAckLate: boolean;
	/** R3: inbox and intake are acked after the effects. Off: at the commit, where there was one. */
	ackAfterEffects: boolean;
	/** R3: a message with several items is acked when all are through. Off: when the first is. */
	ackWhole: boolean;
	/** R4: a decision that will not commit is made on a fresh read. */
	verifyIgnore: boolean;
	/** R5: whoever commits a row becomes its home. */
	stamp: boolean;
	/** R6: after a commit without an answer the effects are derived from the row. */
	rederive: boolean;

	// ---- acted_through (A1 to A11)
	/** A3: which effects hold the watermark: those not confirmed, those not sent, none. */
	acted: 'confirmed' | 'sent' | 'committed';
	/** A4: a commit without an answer holds the watermark until its events are through. */
	pinUnknown: boolean;
	/** A11: a commit in progress holds the watermark. */
	pinFlying: boolean;
	/** A11: what is in a commit in progress is not decided on, nor committed, beside it. */
	apart: boolean;
	/** A1: commit numbers go on over restarts. */
	seqGoesOn: boolean;
	/** A2: the store refuses the commits of an older epoch. */
	fence: boolean;
	/** A5: what a home that starts again does for its rows after the watermark. */
	redo: 'effects' | 'commit' | 'none';
	/** A5: rows of all older epochs. Off: of the last one only. */
	redoAllEpochs: boolean;
	/** A5: ends are redone too. Off: only open rows are. */
	redoEnds: boolean;
	/** A6: until when the old watermark holds: redo confirmed, redo committed, not at all. */
	hold: 'confirmed' | 'committed' | 'none';
	/** A7: an adopter commits each row it redoes. Off: it redoes and leaves the row as it is. */
	adoptCommits: boolean;
	/** A7: which attempts an adopter leaves in the broker: those after whose commit all was done, or whatever is placed. */
	adoptTrusts: 'acted' | 'placed';
	/**
	 * A8: a redrive leaves `dead` only after that end is told: what is still to be told of the row, or under its
	 * number, or it does not look.
	 */
	endFirst: 'row' | 'number' | 'none';
	/** A9: a broker that dies with its node: all placed rows are published again at start. */
	redoPlaced: boolean;

	// ---- birth, attempts, timers
	/** R10: only the node whose insert won dispatches. */
	dispatchIfMine: boolean;
	/** R11: what becomes of what the broker gives up in the intake. */
	intakeDead: 'none' | 'park' | 'born-dead';
	/** R14: attempt numbers never go back. */
	monotone: boolean;
	/** R14: no outcome is taken while `retrying`. */
	retryClosed: boolean;
	/** R18: a timer is deleted by the commit that makes its transition. */
	timerAtomic: boolean;
	/** R18: a row says which timers it has. Off: a timer that was read before it was deleted still fires. */
	timerInRow: boolean;
	/** An overdue task that a worker is running is let run. */
	rosterExpiry: boolean;
	/** A row that waits in the store is placed by a commit. Off: it is only dispatched. */
	placeCommits: boolean;

	// ---- home
	/** R19: adoption is a standing predicate, not a scan when a lease runs out. */
	adoptAlways: boolean;
	/** R8: the inbox of a node that is not live is consumed as long as it exists. */
	inboxKeep: boolean;

	// ---- dispatch and claim
	/** R9: every publish but the first is flagged, and claimed. */
	again: boolean;
	/** R13: claims are answered from the store. */
	claimStore: boolean;
	/** R13: a claim waits for earlier events of its task. */
	orderedClaim: boolean;
	/** R21: an answer is matched by the claim's own id. */
	claimId: boolean;
	/** R22: an unanswered claim is asked again. */
	claimAsk: boolean;
	/** R23: the worker acks after the outcome's confirm. */
	ackAfterConfirm: boolean;
	/** R23: a returned outcome goes to `outcomes`. */
	fallback: boolean;
	/** R24: workers remember what was stopped. */
	tomb: boolean;

	// ---- blame
	/** R15: later grants run alone. */
	solo: boolean;
	/** R15: a solo grant is asked for by an empty worker that starts nothing else. */
	soloLock: boolean;
	/** R16: only the copy that held a solo grant, coming back, is a loss. */
	soloCopy: boolean;
	/** R16: a claim that comes again from the process that holds the grant is no loss. */
	soloHolder: boolean;
	/** R16: what ran alone and is lost counts at the next claim. Off: as soon as it is known to be lost. */
	lossAtClaim: boolean;
	/** R17: what a dead letter of the work queue means. */
	deadJudge: 'redispatch' | 'kill' | 'park';
	/** R17: a dead letter that held a solo grant is a loss too. */
	deadCounts: boolean;
	/** R16: what ran alone out of a mailbox, and went with its worker, comes back by the audit, and is a loss. */
	mailboxCounts: boolean;
	/** R16: where a task takes the node down with it, its next start brings the same copy back, which is a loss. */
	localCounts: boolean;
	/** R26: the audit dispatches again what the broker lost. */
	audit: boolean;
	/** R26: also the rows of homes that are not live, and of older epochs. */
	auditAll: boolean;
};

export const rules: Readonly<Rules> = {
	revision: true,
	judgeEach: true,
	lateCache: true,
	actAfterCommit: true,
	intakeAckLate: true,
	ackAfterEffects: true,
	ackWhole: true,
	verifyIgnore: true,
	stamp: true,
	rederive: true,
	acted: 'confirmed',
	pinUnknown: true,
	pinFlying: true,
	apart: true,
	seqGoesOn: true,
	fence: true,
	redo: 'effects',
	redoAllEpochs: true,
	redoEnds: true,
	hold: 'confirmed',
	adoptCommits: true,
	adoptTrusts: 'acted',
	endFirst: 'row',
	redoPlaced: true,
	dispatchIfMine: true,
	intakeDead: 'none',
	monotone: true,
	retryClosed: true,
	timerAtomic: true,
	timerInRow: true,
	rosterExpiry: true,
	placeCommits: true,
	adoptAlways: true,
	inboxKeep: true,
	again: true,
	claimStore: true,
	orderedClaim: true,
	claimId: true,
	claimAsk: true,
	ackAfterConfirm: true,
	fallback: true,
	tomb: true,
	solo: true,
	soloLock: true,
	soloCopy: true,
	soloHolder: true,
	lossAtClaim: true,
	deadJudge: 'redispatch',
	deadCounts: true,
	mailboxCounts: true,
	localCounts: true,
	audit: true,
	auditAll: true,
};
