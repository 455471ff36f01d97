// The use cases, kept in maps: what the doors are tried against. Its one function, `echo`, returns its
// input; `throws` fails; tasks of `slow` end when the test says so.
import {type Failure, fail} from '#actors/failure.ts';
import {isTerminal} from '#actors/task.ts';
import type {Answer, Api, Submission, TaskQuery} from '#api/api.ts';
import {map} from '#api/map.ts';
import type {FunctionView} from '#contract/function.ts';
import type {CancelReceipt, Receipt, State, TaskView} from '#contract/task.ts';
import {systemClock} from '#lib/clock.ts';
import {createFeed} from '#observe/feed.ts';
import {fakePools} from './fakePools.ts';
import {fakeScale} from './fakeScale.ts';
import {chunkOf, functionOf, node, statusOf, usage, viewOf, worker} from './fakeViews.ts';

type Kept = {
	view: TaskView;
	input: Buffer;
	result?: Buffer;
	asynchronous: boolean;
	waiting: Submission['ended'][];
};

export function fakeApi() {
	const tasks = new Map<string, Kept>();
	const functions = new Map<string, FunctionView>();
	const listeners = new Set<() => void>();
	const feed = createFeed();
	const fake = {
		missing: undefined as string | undefined,
		/** How the attempt of whatever is cancelled was stopped. */
		stop: null as CancelReceipt['stop'],
		/** Every submission, as the doors made it. */
		submissions: [] as Submission[],
		/** How many callers of `await` are waiting. */
		awaiting: 0,
	};

	const changed = (kept: Kept, change: Partial<TaskView>) => {
		kept.view = {...kept.view, ...change, updatedAt: Date.now()};
		const {id, function: group, state, attempt, updatedAt: at} = kept.view;
		feed.tell({actor: 'task', id, group, state, attempt, at});
		for (const listener of listeners) listener();
	};

	const tellEnd = ({view: {id: task, state, failure, attempt}, result, waiting}: Kept) => {
		for (const tell of waiting.splice(0)) tell?.({task, state, failure, result, attempt, usage});
	};

	/** Ends an open task. */
	const end = (id: string, state: State, result: Buffer | undefined, failure: Failure | null) => {
		const kept = tasks.get(id);
		if (!kept) throw new Error(`no task ${id}`);
		if (result) kept.result = result;
		changed(kept, {state, failure, usage, waitingFor: null, endedAt: Date.now()});
		tellEnd(kept);
	};

	const submitOne = (submission: Submission): Answer<Receipt> => {
		const {function: fn, input, options} = submission;
		if (!functions.has(fn)) return no(fail('FUNCTION_NOT_FOUND', `There is no function \`${fn}\``));
		const same = [...tasks.values()].find(one => one.view.function === fn && one.view.key === options?.key);
		if (options?.key !== undefined && same) {
			if (!same.input.equals(input)) return no(fail('KEY_REUSED'));
			same.waiting.push(submission.ended);
			if (isTerminal(same.view.state)) queueMicrotask(() => tellEnd(same));
			return yes({task: same.view.id, function: fn, state: same.view.state, existing: true});
		}
		const kept: Kept = {
			view: viewOf(submission),
			input,
			asynchronous: submission.asynchronous,
			waiting: [submission.ended],
		};
		tasks.set(kept.view.id, kept);
		queueMicrotask(() => run(kept));
		return yes({task: kept.view.id, function: fn, state: 'queued', existing: false});
	};

	const run = ({view: {id, function: fn, chunk}, input}: Kept) => {
		if (fn === 'echo') end(id, 'succeeded', chunk === null ? input : chunkOf(input), null);
		if (fn === 'throws') {
			end(id, 'dead', undefined, fail('FUNCTION_THREW', 'boom', {name: 'TypeError', stack: 'at fn'}));
		}
	};

	const find = (id: string): Answer<Kept> => {
		const kept = tasks.get(id);
		return kept ? yes(kept) : no(fail('TASK_NOT_FOUND', `There is no task \`${id}\``));
	};

	const page = (query: TaskQuery, fits: (kept: Kept) => boolean): Answer<TaskView[]> =>
		yes(
			[...tasks.values()]
				.filter(fits)
				.map(({view}) => view)
				.filter(({function: fn}) => query.function === undefined || fn === query.function)
				.filter(({state}) => query.state === undefined || state === query.state)
				.sort((a, b) => (a.id < b.id ? 1 : -1))
				.filter(({id}) => query.before === undefined || id < query.before)
				.slice(0, query.limit ?? 100),
		);

	const set = (name: string, change: Partial<FunctionView>): Answer<FunctionView> => {
		const before = functions.get(name);
		if (!before) return no(fail('FUNCTION_NOT_FOUND', `There is no function \`${name}\``));
		const view = {...before, ...change};
		functions.set(name, view);
		return yes(view);
	};

	const api: Api = {
		async deploy(request) {
			if (request.code.includes('syntax error')) {
				return no(fail('BUILD_FAILED', 'index.ts:3:5: Unexpected "error"'));
			}
			const view = functionOf(request, functions.get(request.name));
			functions.set(view.name, view);
			return yes(view);
		},
		functions: async () => [...functions.values()],
		async function(name) {
			const view = functions.get(name);
			return view ? yes(view) : no(fail('FUNCTION_NOT_FOUND', `There is no function \`${name}\``));
		},
		async versions(name) {
			const view = functions.get(name);
			return view ? yes([view]) : no(fail('FUNCTION_NOT_FOUND'));
		},
		async remove(name, options) {
			if (!functions.has(name)) return no(fail('FUNCTION_NOT_FOUND', `There is no function \`${name}\``));
			const open = [...tasks.values()].filter(({view}) => view.function === name && !isTerminal(view.state));
			if (open.length > 0 && !options?.cancel) return no(fail('CONFLICT', `${open.length} tasks are open`));
			for (const {view} of open) end(view.id, 'cancelled', undefined, fail('CANCELLED'));
			functions.delete(name);
			return yes({name, cancelled: open.length});
		},
		pause: async (name, {why = ''} = {}) =>
			set(name, {state: 'paused', pause: {by: 'operator', why, at: 1, version: null}}),
		resume: async name => set(name, {state: 'active', pause: null}),
		map: request => map(submissions => api.submit(submissions), {payloadBytes: 8 * 1024 * 1024}, request),
		async submit(submissions) {
			fake.submissions.push(...submissions);
			return submissions.map(submitOne);
		},
		async inspect(id) {
			const found = find(id);
			return found.ok ? yes(found.value.view) : found;
		},
		async await(id, waitMs, signal) {
			const found = find(id);
			if (!found.ok) return found;
			fake.awaiting += 1;
			await new Promise<void>(resolve => {
				const off = systemClock.after(waitMs, resolve);
				const look = () => {
					if (!isTerminal(found.value.view.state) && !signal?.aborted) return;
					off();
					listeners.delete(look);
					resolve();
				};
				listeners.add(look);
				signal?.addEventListener('abort', look, {once: true});
				look();
			});
			fake.awaiting -= 1;
			return yes(found.value.view);
		},
		async result(id) {
			const found = find(id);
			if (!found.ok) return found;
			const {view, result} = found.value;
			if (view.state === 'succeeded' && result) return yes(result);
			return no(view.failure ?? fail('CONFLICT', `The task is ${view.state}`));
		},
		async logs(id) {
			const found = find(id);
			if (!found.ok) return found;
			return yes([{attempt: 1, lines: [{at: 1000, level: 'info', text: 'hello'}]}]);
		},
		async why(id) {
			const found = find(id);
			if (!found.ok) return found;
			const {state, updatedAt: since} = found.value.view;
			const reason = {reason: 'slot', text: 'a free slot of a worker', until: null} as const;
			return yes({task: id, state, ...reason, behind: 2, orMore: false, worker: null, since});
		},
		async history(id) {
			const found = find(id);
			if (!found.ok) return found;
			const entry = {at: 1, attempt: 1, event: 'admit', from: 'accepted', to: 'queued'} as const;
			return yes({task: id, entries: [{...entry, why: 'it came by rest', worker: null, executor: null}]});
		},
		async audit({rows = false} = {}) {
			const {ledger} = await api.status();
			const placed = {store: 0, node: 0, heard: 0, broker: null};
			const counted = rows ? {at: 1, count: ledger.accepted, tookMs: 1} : null;
			const report = {at: 1, balanced: true, ledger, difference: 0, rows: counted, placed, breaks: []};
			return yes({...report, healed: {lost: 1}});
		},
		async cancel(task) {
			const id = typeof task === 'string' ? task : 'task' in task ? task.task : '';
			const found = find(id);
			if (!found.ok) return found;
			const was = found.value.view.state;
			if (isTerminal(was)) return yes({task: id, was, state: was, cancelled: false, stop: null});
			end(id, 'cancelled', undefined, fail('CANCELLED'));
			return yes({task: id, was, state: 'cancelled', cancelled: true, stop: fake.stop});
		},
		list: async query => page(query, () => true),
		deadLetters: async ({all, ...query}) =>
			page(query, kept => kept.view.state === 'dead' && (all === true || kept.asynchronous)),
		async redrive(id) {
			const found = find(id);
			if (!found.ok) return found;
			if (found.value.view.state !== 'dead') {
				return no(fail('CONFLICT', `Expected the task to be dead, it is ${found.value.view.state}`));
			}
			changed(found.value, {state: 'queued', attempt: 2, failure: null, endedAt: null});
			return yes(found.value.view);
		},
		...fakePools(),
		...fakeScale(),
		workers: () => [worker],
		nodes: async () => ({
			ok: true,
			value: [node],
		}),
		forgetNode: async id =>
			id === 'n1' ? no(fail('CONFLICT', 'Server n1 lives; stop it first')) : no(fail('NOT_FOUND', `${id}?`)),
		status: async () =>
			statusOf(
				[...tasks.values()].map(({view}) => view.state),
				functions.size,
			),
		ready: () => fake.missing,
	};
	for (const name of ['echo', 'throws', 'slow']) {
		functions.set(name, functionOf({name, language: 'javascript', code: name}, undefined));
	}
	return {api, feed, fake, end, tasks};
}

const yes = <T>(value: T): Answer<T> => ({ok: true, value});
const no = (failure: Failure): Answer<never> => ({ok: false, failure});
