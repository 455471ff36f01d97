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
const mostBytes = 256 * 1024;

const lineBreak = 10;
const space = 32;

/** Cuts inputs into chunks and takes them. All that share a turn of the event loop are one commit. */
export async function map(
	submit: Api['submit'],
	{lines, size, ...common}: MapRequest,
): Promise<Answer<Chunk[]>> {
	if (!isUtf8(lines)) return no(fail('INVALID_INPUT', 'The inputs are not UTF-8'));
	const chunks = cut(lines, size);
	const answers = await submit(
		chunks.map(({text, count}) => ({...common, asynchronous: true, input: text, chunk: count})),
	);
	return yes(
		chunks.map(({first, count}, at) => ({first, count, answer: answers[at] ?? no(fail('INTERNAL'))})),
	);
}

type Cut = {readonly first: number; readonly count: number; readonly text: Buffer};

/** @param size inputs of a chunk, at most */
export function cut(given: Buffer, size?: number): Cut[] {
	const lines = withoutBlanks(given);
	const most = Math.min(mostLines, size ?? Math.min(usualLines, Math.ceil(countOf(lines) / wellSpread)));
	const chunks: Cut[] = [];
	let open = {first: 0, count: 0, from: 0, to: 0};
	const close = () => {
		const {first, count, from, to} = open;
		if (count > 0) chunks.push({first, count, text: lines.subarray(from, to)});
	};
	for (let from = 0; from < lines.length; ) {
		const to = endOf(lines, from);
		if (open.count >= most || to - open.from > mostBytes) {
			close();
			open = {first: open.first + open.count, count: 0, from, to};
		}
		open.to = to;
		open.count += 1;
		from = to + 1;
	}
	close();
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
	const kept: Buffer[] = [];
	let keptFrom = 0;
	for (let from = 0; from < lines.length; ) {
		const next = endOf(lines, from) + 1;
		if (isBlank(lines, from, next)) {
			kept.push(lines.subarray(keptFrom, from));
			keptFrom = next;
		}
		from = next;
	}
	return kept.length === 0 ? lines : Buffer.concat([...kept, lines.subarray(keptFrom)]);
}

/** Nothing but spaces, and what ends lines. */
function isBlank(bytes: Buffer, from: number, to: number): boolean {
	for (let at = from; at < to && at < bytes.length; at++) if ((bytes[at] ?? 0) > space) return false;
	return true;
}
