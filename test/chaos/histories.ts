// The recorded history of each task of an installation, held against the law and against the model.
import {defaultPolicy} from '#actors/policy.ts';
import type {Client} from '#client/client.ts';
import type {TaskView} from '#contract/task.ts';
import {unlawful} from './history.ts';
import {createReplay, type Tally} from './replay.ts';

export type Histories = {
	/** Those that the machine does not allow. */
	readonly unlawful: readonly string[];
	/** Those that no run of the model shows. */
	readonly refused: readonly string[];
	/** So rich in claims that the search for a run was given up; a mistake only where there are many. */
	readonly unsure: readonly string[];
	/** Attempts that the audit has dispatched again, and why. */
	readonly healed: readonly string[];
	/** How many were replayed against the model. */
	readonly replayed: Tally;
};

const page = 1000;
const abreast = 16;

/** The functions that the tasks are for must leave `infraAttempts` as it is. */
export async function judgeHistories(client: Client, views: readonly TaskView[]): Promise<Histories> {
	const replay = createReplay(defaultPolicy);
	const refused: string[] = [];
	const unsure: string[] = [];
	const healed: string[] = [];
	const told = await complaintsOf(views, async view => {
		const entries = await client.history(view.id);
		for (const {event, why} of entries) if (event === 'lost') healed.push(`${view.id}: ${why}`);
		const refusal = replay.judge(view, entries);
		if (refusal) (refusal.sure ? refused : unsure).push(`${view.id}: ${refusal.says}`);
		const why = unlawful(view, entries);
		return why && `${view.id}: ${why}`;
	});
	return {unlawful: told, refused, unsure, healed, replayed: replay.tally};
}

/** The part of all histories that may be unsure, and how many may in any case. */
const mostUnsure = {part: 0.002, few: 2};

/**
 * What is wrong with them, in words.
 * @param part how many may be unsure, as a part of all
 */
export function mistakesIn(
	{unlawful, refused, unsure, replayed}: Histories,
	part: number = mostUnsure.part,
): string[] {
	const most = Math.max(mostUnsure.few, Math.floor(replayed.histories * part));
	return [
		...unlawful.map(one => `history: ${one}`),
		...refused.map(one => `not of the model: ${one}`),
		...(unsure.length > most ? [`${unsure.length} histories are unsure, more than ${most}`] : []),
	];
}

/** Every task there is, the youngest first. */
export async function allTasks(client: Client): Promise<TaskView[]> {
	const views: TaskView[] = [];
	for (let before: string | undefined; ; before = views.at(-1)?.id) {
		const some = await client.list({limit: page, ...(before !== undefined && {before})});
		views.push(...some);
		if (some.length < page) return views;
	}
}

/** What there is to say of each, asked for a few at a time. */
export async function complaintsOf<T>(
	list: readonly T[],
	ask: (one: T) => Promise<string | undefined>,
): Promise<string[]> {
	const said: string[] = [];
	const line = list.values();
	const work = async () => {
		for (const one of line) {
			const complaint = await ask(one);
			if (complaint !== undefined) said.push(complaint);
		}
	};
	await Promise.all(Array.from({length: abreast}, work));
	return said;
}
