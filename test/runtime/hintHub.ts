import {anything, type Hint, type Hints} from '#store/hints.ts';

/** Hints between the servers of one process, which a test can cut. */
export type HintHub = {
	open(self: string): Hints;
	/** Nobody hears anything, until `mend`. */
	cut(): void;
	mend(): void;
};

export function createHintHub(): HintHub {
	const ears = new Map<string, (hint: Hint) => void>();
	let isCut = false;
	const tell = (by: string, hint: Hint) => {
		if (isCut) return;
		for (const [self, hear] of ears)
			if (self !== by) setImmediate(() => ears.get(self) === hear && hear(hint));
	};
	return {
		open: self => ({
			tell: hint => tell(self, hint),
			listen(hear) {
				ears.set(self, hear);
				hear(anything);
				tell(self, {homes: true});
			},
			async stop() {
				ears.delete(self);
			},
		}),
		cut() {
			isCut = true;
		},
		mend() {
			isCut = false;
			for (const hear of ears.values()) hear(anything);
		},
	};
}
