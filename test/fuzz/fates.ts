// What becomes of letters, one after the other: each is answered, parked or a task before the next is sent.

export type Fates = {
	/** Resolves when the answer to this letter has come, or (without an answer wanted) when anything became of it. */
	of(letter: number, answered: boolean): Promise<void>;
	answered(letter: number): void;
	parked(letter: number): void;
	/** Something happened to a task; only its birth is of interest. */
	told(task: string): void;
	/** Nothing will become of the one in hand. */
	refused(): void;
	/** Resolves when so many letters were parked. */
	reach(parked: number): Promise<void>;
	readonly parkedLetters: ReadonlySet<number>;
};

/** How long it may take, ms. */
const patienceMs = 30_000;

export function createFates(): Fates {
	const parkedLetters = new Set<number>();
	const born = new Set<string>();
	let inHand = -1;
	let wants: 'answer' | 'anything' = 'anything';
	let tell = () => {};
	let look = () => {};
	const inTime = async (what: string, promise: Promise<void>) => {
		const late = Promise.withResolvers<never>();
		const timer = setTimeout(() => late.reject(new Error(`Waited for ${what} in vain`)), patienceMs);
		await Promise.race([promise, late.promise]).finally(() => clearTimeout(timer));
	};
	return {
		of(letter, answered) {
			inHand = letter;
			wants = answered ? 'answer' : 'anything';
			const {promise, resolve} = Promise.withResolvers<void>();
			tell = resolve;
			return inTime(wants, promise);
		},
		answered(letter) {
			if (letter === inHand) tell();
		},
		parked(letter) {
			parkedLetters.add(letter);
			if (letter === inHand && wants === 'anything') tell();
			look();
		},
		told(task) {
			if (born.has(task)) return;
			born.add(task);
			if (wants === 'anything') tell();
		},
		refused: () => tell(),
		reach(parked) {
			const {promise, resolve} = Promise.withResolvers<void>();
			look = () => {
				if (parkedLetters.size >= parked) resolve();
			};
			look();
			return inTime(`${parked} parked letters`, promise);
		},
		parkedLetters,
	};
}
