// How attempts meet a worker, by pool, as people write it: `{gpu: {mode: push, strategy: least-loaded}}`.
import {isGroup, isPoolName, readGroups} from './grouped.ts';

export const modes = ['pull', 'push', 'local'] as const;
export const strategies = ['warm-first', 'least-loaded', 'most-free-memory', 'consistent-hash'] as const;

type Way = {readonly mode?: (typeof modes)[number]; readonly strategy?: (typeof strategies)[number]};
export type PoolWay = Way & {readonly pool: string};

export const ways = {
	says: () =>
		`pools like \`{gpu: {mode: push, strategy: least-loaded}}\`: \`mode\` one of ${modes.join(', ')}, ` +
		`\`strategy\` one of ${strategies.join(', ')}, at least one of the two`,
	/** What was read is a list, and is not read again. */
	bounded: false,
	read: (raw: unknown) => readGroups(raw, wayOf),
	show(value: unknown): string {
		const list = (value as readonly PoolWay[]).map(({pool, mode, strategy}) => {
			const said = [mode && `mode: ${mode}`, strategy && `strategy: ${strategy}`].filter(Boolean);
			return `${pool}: {${said.join(', ')}}`;
		});
		return `{${list.join(', ')}}`;
	},
};

function wayOf(pool: string, way: unknown): PoolWay | undefined {
	if (!isPoolName(pool) || !isGroup(way)) return undefined;
	const {mode, strategy, ...unknown} = way;
	if (Object.keys(unknown).length > 0 || (mode === undefined && strategy === undefined)) return undefined;
	const [its, by] = [modes.find(one => one === mode), strategies.find(one => one === strategy)];
	if ((mode !== undefined && !its) || (strategy !== undefined && !by)) return undefined;
	return {pool, ...(its && {mode: its}), ...(by && {strategy: by})};
}
