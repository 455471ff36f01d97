import test from 'ava';
import * as fc from 'fast-check';
import {systemClock} from '#lib/clock.ts';
import {createWatermark, redoSeq, type Watermark} from '#runtime/watermark.ts';

/** Something a commit owes: `real` is the commit that made it, `under` the number it is held by. */
type Debt = {readonly real: number; readonly under: number};

/** The home's row, the process that writes it, and what is owed in truth. */
class Truth {
	seq = 0;
	stored = 0;
	/** The mark that the commit that began last was sent with. */
	told = 0;
	mark: Watermark = createWatermark({clock: systemClock}, 0, 0);
	effects: Debt[] = [];
	/** Letters whose commit had an unknown result, and the effects each would have. */
	doubts: (Debt & {readonly owes: number})[] = [];

	/** Commits that are in progress; of some the store has made already what their home has not heard of. */
	flying: (Debt & {readonly owes: number; readonly told: number; isMade: boolean})[] = [];

	/** The mark that a commit would write now must lie below all that is owed. */
	begin(): number {
		const told = this.mark.actedThrough;
		const made = this.flying.filter(({isMade}) => isMade);
		const owed = Math.min(
			Number.POSITIVE_INFINITY,
			...[...this.effects, ...this.doubts, ...made].map(({real}) => real),
		);
		if (told >= owed) throw new Error(`It says ${told}, but commit ${owed} still owes something`);
		const number = this.mark.begin();
		if (told >= number) throw new Error(`It says ${told}, but commit ${number} only begins`);
		this.told = told;
		return number;
	}

	/** The store makes it, with the mark that it was sent with. */
	make(number: number, told = this.told): void {
		this.stored = Math.max(this.stored, told);
		this.seq = Math.max(this.seq, number);
	}

	/** A commit from its beginning to its end. */
	commit(owes: number): void {
		const number = this.begin();
		this.make(number);
		this.land(number, owes);
	}

	land(number: number, owes: number): void {
		this.act(number, number, owes);
		this.mark.release(number);
	}

	act(real: number, under: number, count: number): void {
		for (let i = 0; i < count; i++) {
			this.mark.hold(under);
			this.effects.push({real, under});
		}
	}
}

type Step = (truth: Truth) => void;

const few = fc.nat({max: 3});

const commits = few.map(
	(owes): Step =>
		truth =>
			truth.commit(owes),
);
/** One begins beside those that are in progress. */
const takesOff = few.map((owes): Step => {
	return truth => {
		const number = truth.begin();
		truth.flying.push({real: number, under: number, owes, told: truth.told, isMade: false});
	};
});
/** The store makes one of them, and its home does not know yet. */
const isMade = fc.nat().map((pick): Step => {
	return truth => {
		const one = truth.flying[pick % Math.max(1, truth.flying.length)];
		if (!one || one.isMade) return;
		truth.make(one.real);
		one.isMade = true;
	};
});
/** The home hears of one, in whatever order. */
const lands = fc.nat().map((pick): Step => {
	return truth => {
		const one = truth.flying[pick % Math.max(1, truth.flying.length)];
		if (!one) return;
		truth.flying = truth.flying.filter(other => other !== one);
		if (!one.isMade) truth.make(one.real, one.told);
		truth.land(one.real, one.owes);
	};
});
/** The store's answer is lost; the commit was made, or not. */
const doubts = fc
	.tuple(fc.boolean(), fc.array(few, {minLength: 1, maxLength: 3}))
	.map(([made, letters]): Step => {
		return truth => {
			const under = truth.begin();
			if (made) truth.make(under);
			const real = made ? under : Number.POSITIVE_INFINITY;
			for (const owes of letters) {
				truth.mark.hold(under);
				truth.doubts.push({real, under, owes});
			}
			truth.mark.release(under);
		};
	});
/** The same letters fail once more: their doubt stays, no new one is held. */
const doubtsAgain = fc.constant<Step>(truth => truth.mark.release(truth.begin()));
/** A letter in doubt is decided again: what its row owes is done, or it is committed now. */
const clears = fc.tuple(fc.nat(), fc.boolean()).map(([pick, found]): Step => {
	return truth => {
		const doubt = truth.doubts[pick % Math.max(1, truth.doubts.length)];
		if (!doubt) return;
		const made = doubt.real !== Number.POSITIVE_INFINITY;
		if (made || found) truth.act(doubt.real, doubt.under, doubt.owes);
		else truth.commit(doubt.owes);
		truth.doubts = truth.doubts.filter(one => one !== doubt);
		truth.mark.release(doubt.under);
	};
});
const finishes = fc.nat().map((pick): Step => {
	return truth => {
		const done = truth.effects[pick % Math.max(1, truth.effects.length)];
		if (!done) return;
		truth.effects = truth.effects.filter(one => one !== done);
		truth.mark.release(done.under);
	};
});
/** A crash, and a start that takes up all that came after the stored mark. */
const restarts = fc.tuple(few).map(([lost]): Step => {
	return truth => {
		const {stored, seq} = truth;
		const made = truth.flying.filter(one => one.isMade);
		const owed = [...truth.effects, ...truth.doubts, ...made].map(({real}) => real).filter(Number.isFinite);
		if (owed.some(real => real <= stored)) throw new Error('An effect is lost for good');
		truth.mark = createWatermark({clock: systemClock}, stored, seq);
		truth.effects = [];
		truth.doubts = [];
		truth.flying = [];
		const redo = redoSeq(stored);
		for (const real of owed) truth.act(real, redo, 1);
		// What the broker lost is placed again, whatever the mark says; it is redone at every start.
		truth.act(Number.POSITIVE_INFINITY, redo, lost);
		if (stored < seq) truth.mark.release(redo);
	};
});

const histories = fc.array(
	fc.oneof(
		{arbitrary: commits, weight: 4},
		{arbitrary: finishes, weight: 6},
		{arbitrary: takesOff, weight: 2},
		{arbitrary: isMade, weight: 1},
		{arbitrary: lands, weight: 2},
		{arbitrary: doubts, weight: 2},
		{arbitrary: clears, weight: 3},
		{arbitrary: doubtsAgain, weight: 1},
		{arbitrary: restarts, weight: 1},
	),
	{maxLength: 60},
);

test('it never says that an effect is done which is not, and catches up once all are', async t => {
	const history = fc.asyncProperty(histories, async steps => {
		const truth = new Truth();
		for (const step of steps) step(truth);
		for (const {under} of [...truth.doubts, ...truth.effects, ...truth.flying]) truth.mark.release(under);
		truth.effects = [];
		truth.doubts = [];
		truth.flying = [];
		await truth.mark.settled();
		truth.commit(0);
		truth.commit(0);
		if (truth.stored !== truth.seq - 1) throw new Error('It lags behind for ever');
	});
	await t.notThrowsAsync(fc.assert(history, {numRuns: 3000, includeErrorInReport: true}));
});
