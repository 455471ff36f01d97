// How attempts meet a worker, by pool, as people write it: `{gpu: {mode: push, strategy: least-loaded}}`.
import {parse} from 'yaml';

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
	read(raw: unknown): readonly PoolWay[] | undefined {
		const written = typeof raw === 'string' ? parsed(raw) : raw;
		if (!isGroup(written)) return undefined;
		const list = Object.entries(written).map(([pool, way]) => wayOf(pool, way));
		return list.every(way => way !== undefined) ? list : undefined;
	},
	show(value: unknown): string {
		const list = (value as readonly PoolWay[]).map(({pool, mode, strategy}) => {
			const said = [mode && `mode: ${mode}`, strategy && `strategy: ${strategy}`].filter(Boolean);
			return `${pool}: {${said.join(', ')}}`;
		});
		return `{${list.join(', ')}}`;
	},
};

function wayOf(pool: string, way: unknown): PoolWay | undefined {
	if (!/^[a-z][a-z0-9-]{0,62}$/.test(pool) || !isGroup(way)) return undefined;
	const {mode, strategy, ...unknown} = way;
	if (Object.keys(unknown).length > 0 || (mode === undefined && strategy === undefined)) return undefined;
	const [its, by] = [modes.find(one => one === mode), strategies.find(one => one === strategy)];
	if ((mode !== undefined && !its) || (strategy !== undefined && !by)) return undefined;
	return {pool, ...(its && {mode: its}), ...(by && {strategy: by})};
}

const isGroup = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

function parsed(text: string): unknown {
	try {
		return parse(text) as unknown;
	} catch {
		return undefined;
	}
}
