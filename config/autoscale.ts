// Rules by pool, as people write them: `{default: {min: 0, max: 8, targetWait: 5s, cooldown: 1m}}`.
import {formatDuration, parseDuration} from '#lib/duration.ts';
import {isGroup, isPoolName, readGroups} from './grouped.ts';

/** Times in ms. */
export type PoolRule = {
	readonly pool: string;
	readonly min: number;
	readonly max: number;
	readonly targetWait: number;
	readonly cooldown: {readonly up: number; readonly down: number};
};

/** Below this a pool would be scaled by what heartbeats and looks miss. */
const leastWaitMs = 1000;
const longestMs = 86_400_000;
const mostWorkers = 10_000;

export const autoscale = {
	says: () =>
		'rules by pool like `{default: {min: 0, max: 8, targetWait: 5s, cooldown: 1m}}`: `max` from 1 and not below ' +
		'`min`, `targetWait` from 1s to 1d, `cooldown` a time or `{up, down}`, at most 1d',
	/** What was read is a list, and is not read again. */
	bounded: false,
	read: (raw: unknown) => readGroups(raw, ruleOf),
	show(value: unknown): string {
		const rules = (value as readonly PoolRule[]).map(({pool, min, max, targetWait, cooldown}) => {
			const times = `targetWait: ${time(targetWait)}, cooldown: {up: ${time(cooldown.up)}, down: ${time(cooldown.down)}}`;
			return `${pool}: {min: ${min}, max: ${max}, ${times}}`;
		});
		return `{${rules.join(', ')}}`;
	},
};

function ruleOf(pool: string, rule: unknown): PoolRule | undefined {
	if (!isPoolName(pool) || !isGroup(rule)) return undefined;
	const {min = 0, max, targetWait = '5s', cooldown = '1m', ...unknown} = rule;
	const wait = timeOf(targetWait);
	const cool = isGroup(cooldown) ? cooldown : {down: cooldown};
	const {up = '5s', down = '1m', ...unknownCool} = cool;
	const [upMs, downMs] = [timeOf(up), timeOf(down)];
	if (Object.keys(unknown).length > 0 || Object.keys(unknownCool).length > 0) return undefined;
	if (!isCount(min) || !isCount(max) || max < 1 || max < min) return undefined;
	if (wait === undefined || wait < leastWaitMs || upMs === undefined || downMs === undefined)
		return undefined;
	return {pool, min, max, targetWait: wait, cooldown: {up: upMs, down: downMs}};
}

function timeOf(raw: unknown): number | undefined {
	const ms = raw === 0 ? 0 : typeof raw === 'string' ? parseDuration(raw) : undefined;
	return ms !== undefined && ms <= longestMs ? ms : undefined;
}

const isCount = (value: unknown): value is number =>
	Number.isInteger(value) && (value as number) >= 0 && (value as number) <= mostWorkers;

function time(ms: number): string {
	const text = formatDuration(ms);
	return parseDuration(text) === ms ? text : `${ms}ms`;
}
