/** The value of a JSON text, or undefined if it is none. */
export function readJson(text: Buffer): unknown {
	try {
		return JSON.parse(text.toString());
	} catch {
		return undefined;
	}
}
