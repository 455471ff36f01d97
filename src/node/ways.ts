import {defaultPool, poolOf, serves} from '#actors/lane.ts';
import type {Way} from '#dispatch/dispatch.ts';
import type {WarrenOptions} from './options.ts';

/**
 * How this server dispatches, by pool. Said of no pool, it is `local` for what the worker of an embedded node
 * serves, since nobody else can, and `pull` for all others.
 * @throws TypeError where a pool is to be served by this process and its worker does not
 */
export function waysOf(options: WarrenOptions): (pool: string) => Way {
	const {roles = ['server', 'worker'], broker, dispatch = {}} = options;
	const served = roles.includes('worker') ? (options.worker?.pool ?? defaultPool) : undefined;
	const isEmbedded = (broker?.url ?? 'memory:') === 'memory:';
	const {
		mode = isEmbedded && served !== undefined ? 'local' : 'pull',
		strategy = 'warm-first',
		pools = {},
	} = dispatch;
	if (!roles.includes('server')) return () => ({mode, strategy});
	if (mode === 'local' && served === undefined) {
		throw new TypeError(
			'Expected `dispatch.mode` `local` with both roles, `server` and `worker`; this is no worker',
		);
	}
	for (const [pool, its] of Object.entries(pools)) {
		if (its.mode !== 'local' || pool === served) continue;
		const instead = served === undefined ? 'it is no worker' : `its worker serves \`${served}\``;
		throw new TypeError(
			`Expected pool \`${pool}\` to be \`local\` only where this node's worker serves it; ${instead}`,
		);
	}
	const worker = served === undefined ? undefined : {pool: served, tags: options.worker?.tags ?? []};
	return part => {
		const its = {mode, strategy, ...pools[poolOf(part)]};
		const isHere = worker !== undefined && serves(worker, part);
		return its.mode === 'local' && !isHere ? {...its, mode: 'pull'} : its;
	};
}
