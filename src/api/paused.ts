import type {Pause} from '#actors/function.ts';

/** Why a function is paused, since when, and the way out. */
export function pausedSays(name: string, {by, why, at}: Pause): string {
	const whose = by === 'breaker' ? 'its breaker' : 'an operator';
	const ways = by === 'breaker' ? 'deploy a version that works, or resume it with' : 'resume it with';
	return (
		`Function \`${name}\` is paused by ${whose} since ${new Date(at).toISOString()} (${why}); ` +
		`${ways} \`warren functions resume ${name}\``
	);
}
