// The same attack on every broker: whatever a producer publishes, the server lives, who asked for an
// answer at an address of their own has one, and what is no task lies in `warren.dead` with its reason.
import type {ExecutionContext} from 'ava';
import {createFates, type Fates} from './fates.ts';
import {type Letter, letterTo} from './letters.ts';
import {attack, plan, type Share} from './plan.ts';

export type Intake = {
	/** The function that takes any input. */
	readonly fn: string;
	/** False: the broker, or the producer's own library, refused it. */
	readonly publish: (letter: Letter, properties: Record<string, unknown>) => Promise<boolean>;
	/** Where the producer hears answers. */
	readonly address: string;
	readonly accepted: () => Promise<number>;
	/** What waits in the intake or among the refused. */
	readonly waiting: () => Promise<number>;
	/** Moves on whatever the promise needs to be settled. */
	readonly until: <T>(promise: Promise<T>) => Promise<T>;
	readonly alarms: () => readonly string[];
};

export async function attackIntake(
	t: ExecutionContext,
	open: (t: ExecutionContext, fates: Fates) => Promise<Intake>,
	share?: Share,
): Promise<void> {
	t.timeout(plan.patienceMs);
	const fates = createFates();
	const {fn, publish, address, accepted, waiting, until, alarms} = await open(t, fates);
	let made = 0;
	let taken = 0;
	const hit = async (letter: Letter) => {
		made += 1;
		const {messageId, headers} = letter.properties;
		const own = letter.reply === 'own';
		const replyTo = own ? address : letter.reply === 'none' ? undefined : letter.reply.crafted;
		const fate = fates.of(made, own);
		// Not waited for where the broker refuses.
		fate.catch(() => {});
		const properties = {
			...letter.properties,
			...(messageId !== undefined && {messageId: messageId.replace('#', String(made))}),
			...(Object.keys(headers ?? {}).length > 0 && {headers}),
			correlationId: `c${made}`,
			...(replyTo !== undefined && {replyTo}),
		};
		if (!(await publish(letter, properties))) return fates.refused();
		taken += 1;
		await until(fate);
	};
	const show = (letter: Letter) => JSON.stringify({...letter, body: letter.body.toString('latin1', 0, 300)});
	await attack(letterTo(fn), hit, show, share);
	const tasks = await accepted();
	await until(fates.reach(taken - tasks));
	t.log(`${made} made, ${taken} taken by the broker, ${tasks} tasks, ${fates.parkedLetters.size} parked`);
	t.is(tasks + fates.parkedLetters.size, taken);
	t.true(tasks > made / 5 && fates.parkedLetters.size > made / 5);
	t.is(await waiting(), 0);
	t.deepEqual(alarms(), []);
}

type Letters = {
	readonly correlationId?: unknown;
	readonly headers?: Readonly<Record<string, unknown>> | undefined;
};

/** Tells of a dead letter, unless it is the copy of a dead task. */
export function tellParked(fates: Fates, {correlationId, headers}: Letters): void {
	if (headers?.['x-warren-attempts'] !== undefined) return;
	if (typeof headers?.['x-warren-reason'] !== 'string') throw new Error('A dead letter without a reason');
	fates.parked(letterOf(correlationId));
}

/** `c17` → 17 */
export const letterOf = (correlation: unknown): number => Number(String(correlation).slice(1));
