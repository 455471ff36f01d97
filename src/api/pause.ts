import type {FunctionView} from '#contract/function.ts';
import type {Answer} from './api.ts';
import {missing, tell, viewOf} from './deploy.ts';
import {type Desk, no, yes} from './desk.ts';

/**
 * Takes and places nothing more of a function until somebody resumes it; what it has in the broker runs
 * out. A pause of the breaker becomes the operator's. Twice is harmless.
 */
export async function pause(
	desk: Desk,
	name: string,
	{why = 'no reason was given'}: {why?: string} = {},
): Promise<Answer<FunctionView>> {
	const {functions} = desk.home;
	const before = await functions.current(name);
	if (!before) return no(missing(name));
	if (before.row.pause?.by === 'operator') return yes(viewOf(before));
	const failure = await functions.step(name, {type: 'pause', at: desk.ambient.clock.now(), why});
	const now = functions.get(name);
	if (failure) return no(failure);
	if (!now) return no(missing(name));
	if (before.row.state !== 'paused') tell(desk, name, 'paused');
	return yes(viewOf(now));
}
