import type {Api} from './api.ts';
import {cancel, redrive} from './cancel.ts';
import {deploy, missing, remove, versions, viewOf} from './deploy.ts';
import {type Desk, no, yes} from './desk.ts';
import {awaitEnd, deadLetters, inspect, list, logs, result} from './inspect.ts';
import {ready, status} from './status.ts';
import {submit} from './submit.ts';

/** The use cases over one home. */
export function openApi(desk: Desk): Api {
	const {functions, roster} = desk.home;
	return {
		deploy: request => deploy(desk, request),
		functions: async () => functions.list().map(viewOf),
		async function(name) {
			const known = functions.get(name);
			return known ? yes(viewOf(known)) : no(missing(name));
		},
		versions: name => versions(desk, name),
		remove: (name, options) => remove(desk, name, options),
		submit: submissions => submit(desk, submissions),
		inspect: id => inspect(desk, id),
		await: (id, waitMs, signal) => awaitEnd(desk, id, waitMs, signal),
		result: id => result(desk, id),
		logs: id => logs(desk, id),
		cancel: id => cancel(desk, id),
		list: query => list(desk, query),
		deadLetters: query => deadLetters(desk, query),
		redrive: (id, options) => redrive(desk, id, options),
		workers: () => roster.workers(),
		status: () => status(desk),
		ready: () => ready(desk),
	};
}
