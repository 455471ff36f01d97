import type {Api} from './api.ts';
import {createBounds} from './bounds.ts';
import {cancel, redrive} from './cancel.ts';
import {deploy, missing, remove, versions, viewOf} from './deploy.ts';
import {answered, type Desk, no, yes} from './desk.ts';
import {awaitEnd, deadLetters, inspect, list, logs, result} from './inspect.ts';
import {map} from './map.ts';
import {forgetNode, nodes} from './nodes.ts';
import {pause} from './pause.ts';
import {pausePool, pools, resumePool} from './pools.ts';
import {resume} from './resume.ts';
import {drainWorker, restartWorkers} from './scale.ts';
import {ready, status} from './status.ts';
import {submit} from './submit.ts';
import {history, why} from './why.ts';

/** The use cases over one home. */
export function openApi(desk: Desk): Api {
	const {functions, roster, window} = desk.home;
	const bounds = createBounds(window);
	const take: Api['submit'] = submissions => submit(desk, bounds, submissions);
	return {
		deploy: request => answered(deploy(desk, request)),
		functions: async () => functions.list().map(viewOf),
		async function(name) {
			const known = await functions.current(name);
			return known ? yes(viewOf(known)) : no(missing(name));
		},
		versions: name => answered(versions(desk, name)),
		remove: (name, options) => answered(remove(desk, name, options)),
		pause: (name, options) => answered(pause(desk, name, options)),
		resume: name => answered(resume(desk, name)),
		submit: take,
		map: request => answered(map(take, desk.limits, request)),
		inspect: id => answered(inspect(desk, id)),
		await: (id, waitMs, signal) => answered(awaitEnd(desk, id, waitMs, signal)),
		result: id => answered(result(desk, id)),
		logs: id => answered(logs(desk, id)),
		why: id => answered(why(desk, id)),
		history: id => answered(history(desk, id)),
		audit: options => answered(desk.home.audit.look(options).then(yes)),
		cancel: task => answered(cancel(desk, task)),
		list: query => answered(list(desk, query)),
		deadLetters: query => answered(deadLetters(desk, query)),
		redrive: (id, options) => answered(redrive(desk, id, options)),
		workers: () => roster.workers(),
		drain: worker => drainWorker(desk, worker),
		supervisors: () => desk.scaler.supervisors(),
		scale: (pool, workers) => answered(desk.scaler.scale(pool, workers).then(yes)),
		scaled: pool => answered(desk.scaler.view(pool).then(yes)),
		explainScale: pool => desk.autoscaler.explain().filter(one => pool === undefined || one.pool === pool),
		restartWorkers: (pool, {mostAtOnce = 1} = {}) => restartWorkers(desk, pool, mostAtOnce),
		pools: () => answered(pools(desk)),
		pausePool: (pool, options) => answered(pausePool(desk, pool, options)),
		resumePool: pool => answered(resumePool(desk, pool)),
		nodes: () => answered(nodes(desk)),
		forgetNode: id => answered(forgetNode(desk, id)),
		status: () => status(desk),
		ready: () => ready(desk),
	};
}
