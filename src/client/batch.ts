// Many submissions as few requests.
import {type Failure, fail} from '#actors/failure.ts';
import {type Batch, type BatchAnswer, mostBatchItems} from '#contract/answers.ts';
import type {Receipt, SubmitOptions} from '#contract/task.ts';
import type {Http} from './http.ts';
import {headersOf, textOf} from './submission.ts';

/** An input with options of its own. A `Uint8Array` is a JSON text. */
export type BatchItem = {readonly input: unknown; readonly options?: SubmitOptions};

export type ManyAnswer =
	| {readonly ok: true; readonly receipt: Receipt}
	| {readonly ok: false; readonly failure: Failure};

const mostItems = Math.min(1000, mostBatchItems);
const mostBytes = 4 * 1024 * 1024;

export async function* submitMany(
	http: Http,
	fn: string,
	items: Iterable<BatchItem>,
	{signal, ...common}: SubmitOptions & {readonly signal?: AbortSignal},
): AsyncGenerator<ManyAnswer, void> {
	for (const batch of batchesOf(items)) {
		const call = {
			method: 'POST',
			path: `/v1/functions/${encodeURIComponent(fn)}/tasks/batch`,
			query: {options: 'each'},
			headers: headersOf(common),
			body: `[${batch.texts.join(',')}]`,
			repeatable: batch.keyed,
			...(signal && {signal}),
		} as const;
		const {response, text} = await http.ask(call);
		yield* answersOf(response, text, http);
	}
}

type Texts = {readonly texts: readonly string[]; readonly keyed: boolean};

function* batchesOf(items: Iterable<BatchItem>): Generator<Texts> {
	let texts: string[] = [];
	let bytes = 0;
	let keyed = true;
	for (const {input, options} of items) {
		const text = itemText(input, options);
		if (texts.length > 0 && (texts.length >= mostItems || bytes + text.length > mostBytes)) {
			yield {texts, keyed};
			texts = [];
			bytes = 0;
			keyed = true;
		}
		texts.push(text);
		bytes += text.length;
		keyed &&= options?.key !== undefined;
	}
	if (texts.length > 0) yield {texts, keyed};
}

function itemText(input: unknown, options: SubmitOptions | undefined): string {
	const text = textOf(input);
	const body = typeof text === 'string' ? text : decode(text);
	return options ? `{"input":${body},"options":${JSON.stringify(options)}}` : `{"input":${body}}`;
}

/** One item that is not JSON would spoil the batch, or become several. @throws SyntaxError */
function decode(bytes: Uint8Array): string {
	const text = new TextDecoder('utf-8', {fatal: true}).decode(bytes);
	JSON.parse(text);
	return text;
}

/** A batch that was refused as a whole, item by item, has its answers in the problem. */
function* answersOf(response: Response, text: string, http: Http): Generator<ManyAnswer> {
	const {answers} = parse(text);
	if (!answers) throw http.refusal(response, text);
	for (const answer of answers) yield answerOf(answer);
}

function parse(text: string): Partial<Batch> {
	try {
		return JSON.parse(text) as Partial<Batch>;
	} catch {
		return {};
	}
}

function answerOf(answer: BatchAnswer): ManyAnswer {
	if ('task' in answer) return {ok: true, receipt: answer};
	return {ok: false, failure: 'failure' in answer ? (answer.failure as Failure) : fail('INTERNAL')};
}
