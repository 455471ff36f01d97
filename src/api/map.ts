import {isUtf8} from 'node:buffer';
import {fail} from '#actors/failure.ts';
import {mostLines} from '#contract/chunk.ts';
import type {Answer, Api, Chunk, MapRequest} from './api.ts';
import {no, yes} from './desk.ts';

/** So many chunks let slots share the work, and spread it evenly when some take longer. */
const wellSpread = 64;
/** More inputs win nothing: what is left is what each of them costs. */
const usualLines = 500;
/** A chunk crosses the broker as one message; past this, one big frame delays its neighbours. */
const usualBytes = 256 * 1024;

const lineBreak = 10;
const space = 32;

/** Cuts inputs into chunks and takes them. All that share a turn of the event loop are one commit. */
export async function map(
	submit: Api['submit'],
	{payloadBytes}: {readonly payloadBytes: number},
	{lines, size, mostChunks = Number.POSITIVE_INFINITY, ...common}: MapRequest,
): Promise<Answer<Chunk[]>> {
	if (!isUtf8(lines)) return no(fail('INVALID_INPUT', 'The inputs are not UTF-8'));
	const chunks = cut(lines, {size, mostChunks, chunkBytes: Math.min(usualBytes, payloadBytes)});
	if (chunks.length > mostChunks) {
		const says = `Expected inputs for at most ${mostChunks} chunks in one request, got more`;
		return no(fail('INVALID_INPUT', `${says}: send fewer of them, or say a larger \`size\``));
	}
	const answers = await submit(
		chunks.map(({text, count}) => ({...common, asynchronous: true, input: text, chunk: count})),
	);
	return yes(
		chunks.map(({first, count}, at) => ({first, count, answer: answers[at] ?? no(fail('INTERNAL'))})),
	);
}

type Cut = {readonly first: number; readonly count: number; readonly text: Buffer};

/** Of a chunk: so many inputs at most, and so many bytes unless one input has more. */
type CutOptions = {
	readonly size?: number | undefined;
	readonly chunkBytes?: number;
	/** One more is made at most. */
	readonly mostChunks?: number;
};

export function cut(
	given: Buffer,
	{size, chunkBytes = usualBytes, mostChunks = Number.POSITIVE_INFINITY}: CutOptions = {},
): Cut[] {
	const lines = withoutBlanks(given);
	const most = Math.min(mostLines, size ?? Math.min(usualLines, Math.ceil(countOf(lines) / wellSpread)));
	const chunks: Cut[] = [];
	let open = {first: 0, count: 0, from: 0, to: 0};
	const close = () => {
		const {first, count, from, to} = open;
		if (count > 0) chunks.push({first, count, text: lines.subarray(from, to)});
	};
	for (let from = 0; from < lines.length && chunks.length <= mostChunks; ) {
		const to = endOf(lines, from);
		if (open.count >= most || to - open.from > chunkBytes) {
			close();
			open = {first: open.first + open.count, count: 0, from, to};
		}
		open.to = to;
		open.count += 1;
		from = to + 1;
	}
	if (chunks.length <= mostChunks) close();
	return chunks;
}

/** Where the line that begins at `from` ends. */
function endOf(lines: Buffer, from: number): number {
	const end = lines.indexOf(lineBreak, from);
	return end < 0 ? lines.length : end;
}

function countOf(lines: Buffer): number {
	let count = 0;
	for (let from = 0; from < lines.length; from = endOf(lines, from) + 1) count++;
	return count;
}

/** The same bytes where no line is blank, which is usual. */
function withoutBlanks(lines: Buffer): Buffer {
	let kept: Buffer | undefined;
	let length = 0;
	for (let from = 0; from < lines.length; ) {
		const next = endOf(lines, from) + 1;
		const blank = isBlank(lines, from, next);
		if (blank && !kept) {
			kept = Buffer.allocUnsafe(lines.length);
			length = lines.copy(kept, 0, 0, from);
		} else if (!blank && kept) length += lines.copy(kept, length, from, next);
		from = next;
	}
	return kept ? kept.subarray(0, length) : lines;
}

/** Nothing but spaces, and what ends lines. */
function isBlank(bytes: Buffer, from: number, to: number): boolean {
	for (let at = from; at < to && at < bytes.length; at++) if ((bytes[at] ?? 0) > space) return false;
	return true;
}
