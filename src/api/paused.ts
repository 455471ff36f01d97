import type {Pause} from '#actors/function.ts';
import type {PoolPause} from '#store/store.ts';

/** Why a function is paused, since when, and the way out. */
export function pausedSays(name: string, {by, why, at}: Pause): string {
	const whose = by === 'breaker' ? 'its breaker' : 'an operator';
	const ways = by === 'breaker' ? 'deploy a version that works, or resume it with' : 'resume it with';
	return (
		`Function \`${name}\` is paused by ${whose} since ${new Date(at).toISOString()} (${why}); ` +
		`${ways} \`warren functions resume ${name}\``
	);
}

export const poolPausedSays = ({pool, why, at}: PoolPause): string =>
	`Pool \`${pool}\` is paused by an operator since ${new Date(at).toISOString()} (${why}); ` +
	`resume it with \`warren pools resume ${pool}\``;
