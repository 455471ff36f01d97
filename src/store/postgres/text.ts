// PostgreSQL's text holds every character but U+0000, and a caller's key may have one. It is written as
// U+0001 and a 0, and U+0001 itself as U+0001 and a 1, so no two texts become one.

/** A text as it can be stored. */
export const storable = (text: string): string =>
	text.replaceAll('\u0001', '\u00011').replaceAll('\u0000', '\u00010');

/** What `storable` was given. */
export const original = (text: string): string =>
	text.replaceAll('\u00010', '\u0000').replaceAll('\u00011', '\u0001');
