// What waits in one line, sorted by kind: what is taken at once is of one kind, and no kind waits behind the
// backlog of another.

export type KindLine<T> = {
	push(kind: string, one: T): void;
	/** Of the kind whose turn it is, as many as it says, oldest first; undefined: nothing waits. */
	take(most: (kind: string) => number): T[] | undefined;
	/** How many times something can be taken. */
	lists(most: (kind: string) => number): number;
	readonly size: number;
};

export function createKindLine<T>(): KindLine<T> {
	// The kind whose turn is next comes first.
	const kinds = new Map<string, T[]>();
	let size = 0;
	return {
		push(kind, one) {
			size++;
			const known = kinds.get(kind);
			if (known) known.push(one);
			else kinds.set(kind, [one]);
		},
		take(most) {
			for (const [kind, waiting] of kinds) {
				kinds.delete(kind);
				const taken = waiting.splice(0, most(kind));
				// The others of this kind stand behind those that waited meanwhile.
				if (waiting.length > 0) kinds.set(kind, waiting);
				size -= taken.length;
				return taken;
			}
			return undefined;
		},
		lists(most) {
			let lists = 0;
			for (const [kind, {length}] of kinds) lists += Math.ceil(length / most(kind));
			return lists;
		},
		get size() {
			return size;
		},
	};
}
