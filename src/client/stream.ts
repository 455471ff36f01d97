// Reads server-sent events (the WHATWG form, as far as Warren writes it): blocks of lines, of which
// `data:` lines carry the value.
import type {Happening} from '#contract/status.ts';

/** What happens, until the stream ends. Whoever stops reading ends it. */
export async function* happenings(body: ReadableStream<Uint8Array>): AsyncGenerator<Happening, void> {
	const decoder = new TextDecoder();
	let rest = '';
	for await (const chunk of body) {
		const blocks = (rest + decoder.decode(chunk, {stream: true})).split('\n\n');
		rest = blocks.pop() ?? '';
		for (const block of blocks) {
			const data = dataOf(block);
			if (data !== '') yield JSON.parse(data) as Happening;
		}
	}
}

function dataOf(block: string): string {
	return block
		.split('\n')
		.filter(line => line.startsWith('data:'))
		.map(line => line.slice(5).trimStart())
		.join('\n');
}
