// The load: tasks whose answers are known before they are asked for.
import type {FailureCode} from '#actors/failure.ts';
import {type Class, classes} from '#actors/lane.ts';
import type {Client} from '#client/client.ts';
import type {SubmitOptions} from '#contract/task.ts';
import type {Dice} from './dice.ts';

type Kind = 'quick' | 'busy' | 'slow' | 'flaky' | 'doomed';

export type Item = {
	readonly input: {readonly n: number; readonly kind: Kind; readonly ms: number; readonly rest: number};
	readonly options: SubmitOptions & {readonly key: string; readonly class: Class};
};

/** What must become of an item. */
export type Answer =
	| {readonly state: 'succeeded'; readonly result: unknown}
	| {readonly state: 'dead'; readonly code: FailureCode};

export const loadFunction = 'chaos';

// `busy` burns CPU, `slow` waits without any, `flaky` throws at its first attempt, `doomed` at each.
// Those that are there for a blow rest: it may take longer than what is in hand would last.
const code = `export default async ({n, kind, ms, rest}, {attempt}) => {
	if (rest > 0) await new Promise(resolve => setTimeout(resolve, rest));
	if (kind === 'busy') for (const until = Date.now() + ms; Date.now() < until;);
	if (kind === 'slow') await new Promise(resolve => setTimeout(resolve, ms));
	if (kind === 'doomed' || (kind === 'flaky' && attempt === 1)) throw new Error('as it was told to');
	return {n, square: n * n};
};`;

/** Retries come soon, so that a run waits for healing and not for back-off. */
const policy = {maxAttempts: 2, backoff: {baseMs: 200, factor: 1, maxMs: 200}};

export async function deployLoad(client: Client): Promise<void> {
	await client.deploy({name: loadFunction, language: 'javascript', code, policy});
}

/** Item `n` of a load of all classes in equal parts, which rests for `restMs` at most; the same dice give the same load. */
export function itemOf(n: number, dice: Dice, restMs: number): Item {
	const roll = dice.next();
	const kind =
		roll < 0.7 ? 'quick' : roll < 0.8 ? 'busy' : roll < 0.9 ? 'slow' : roll < 0.97 ? 'flaky' : 'doomed';
	const ms = kind === 'busy' ? dice.between(1, 8) : dice.between(5, 60);
	const rest = dice.between(0, restMs);
	return {
		input: {n, kind, ms, rest},
		options: {key: `key-${n}`, class: dice.pick(classes), ...(kind === 'doomed' && {maxAttempts: 1})},
	};
}

export function answerOf({input: {n, kind}}: Item): Answer {
	if (kind === 'doomed') return {state: 'dead', code: 'FUNCTION_THREW'};
	return {state: 'succeeded', result: {n, square: n * n}};
}
