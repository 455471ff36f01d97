// What a whole node of a test stands on: which broker, which store. Warren promises the same meaning on all
// of them. A run tries each suite on what it names as usual, which is enough to see most of what differs;
// with WARREN_TEST_COMBINATION it tries all of them on that one (`npm run test:combinations`).
import test, {type ExecutionContext} from 'ava';
import type {WarrenOptions} from '#warren.ts';
import {sweep} from './broom.ts';
import {type Combination, combinations} from './combinations.ts';
import {schema} from './postgres.ts';
import {prefix, rabbit} from './rabbit.ts';

/** The one that the run asks for. @throws TypeError when there is no such */
export function asked(env: NodeJS.ProcessEnv = process.env): Combination | undefined {
	const name = env.WARREN_TEST_COMBINATION;
	if (!name) return undefined;
	const found = combinations.find(one => one === name);
	if (found) return found;
	throw new TypeError(
		`Expected WARREN_TEST_COMBINATION to be one of ${combinations.join(', ')}, got \`${name}\``,
	);
}

/** Declares a test on each of these; where the run asks for one, on that if it is possible, else on the first. */
export const testOn =
	(usual: readonly Combination[], possible: readonly Combination[] = combinations) =>
	(title: string, run: (t: ExecutionContext, on: Combination) => Promise<void>): void => {
		const one = asked();
		const on = one === undefined ? usual : possible.includes(one) ? [one] : usual.slice(0, 1);
		for (const each of on) test(`${title} (${each})`, t => run(t, each));
	};

export type Ground = {
	readonly broker: {readonly url: string; readonly prefix: string};
	/** Absent: a file beside the node's data. */
	readonly store?: NonNullable<WarrenOptions['store']>;
};

/** A broker and a store for the nodes of one test, with nothing of other tests; they leave nothing behind. */
export async function openGround(t: ExecutionContext, on: Combination, home = 'n1'): Promise<Ground> {
	const store = on === 'rabbit+postgres' && {url: await schema(t)};
	const isEmbedded = on === 'memory+sqlite';
	const broker = {url: isEmbedded ? 'memory:' : (await rabbit()).url, prefix: prefix()};
	if (!isEmbedded) t.teardown(() => sweep(broker, home));
	return {broker, ...(store && {store})};
}
