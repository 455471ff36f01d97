/** The candidate that a misspelt word most likely meant, if one is near enough. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
	const most = Math.max(2, Math.floor(word.length / 3));
	const ranked = candidates
		.map(candidate => ({candidate, far: farness(word.toLowerCase(), candidate.toLowerCase())}))
		.filter(({far}) => far <= most)
		.sort((a, b) => a.far - b.far);
	return ranked[0]?.candidate;
}

/** `port` for `http.port` is right but for its group. */
function farness(word: string, candidate: string): number {
	return candidate.endsWith(`.${word}`) ? 1 : edits(word, candidate);
}

/** How many letters must be put in, left out or replaced. */
function edits(a: string, b: string): number {
	let row = Array.from({length: b.length + 1}, (_, i) => i);
	for (const [i, letter] of a.split('').entries()) {
		const next = [i + 1];
		for (const [j, other] of b.split('').entries()) {
			const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
			next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
		}
		row = next;
	}
	return row.at(-1) ?? 0;
}
