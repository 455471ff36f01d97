import type {FunctionView} from '#contract/function.ts';
import type {Answer} from './api.ts';
import {missing, tell, viewOf} from './deploy.ts';
import {type Desk, no, yes} from './desk.ts';

/** Ends a pause, whoever began it: what waits is placed at once. Of a function that is active it changes nothing. */
export async function resume(desk: Desk, name: string): Promise<Answer<FunctionView>> {
	const {functions} = desk.home;
	const before = await functions.current(name);
	if (!before) return no(missing(name));
	if (before.row.state === 'active') return yes(viewOf(before));
	const failure = await functions.step(name, {type: 'resume', at: desk.ambient.clock.now()});
	const now = functions.get(name);
	if (failure) return no(failure);
	if (!now) return no(missing(name));
	tell(desk, name, 'active');
	return yes(viewOf(now));
}
