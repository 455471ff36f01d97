// Any history of changes, told to the store and to the model: both must judge every change alike and
// answer every question alike.
import test, {type ExecutionContext} from 'ava';
import fc from 'fast-check';
import {isTerminal, type Task, terminalStates} from '#actors/task.ts';
import {type Change, Fenced, type Store, type TaskRow} from '#store/store.ts';
import {createModel} from './model.ts';
import {aFunction, aTask, deploy, type MakePlace, now} from './world.ts';

type Model = ReturnType<typeof createModel>;

const ids = ['t1', 't2', 't3', 't4', 't5', 't6'];
const homes = ['n1', 'n2'];
const kinds = ['retry', 'expire', 'deadline'] as const;
const states = ['queued', 'retrying', ...terminalStates] as const;

const time = fc.integer({min: now, max: now + 5});
const timer = fc.record({kind: fc.constantFrom(...kinds), at: time, attempt: fc.integer({min: 1, max: 2})});
const body = fc.uint8Array({maxLength: 4}).map(bytes => Buffer.from(bytes));
const step = {
	id: fc.constantFrom(...ids),
	state: fc.constantFrom(...states),
	placed: fc.boolean(),
	charged: fc.integer({min: 0, max: 2}),
	time,
	set: fc.uniqueArray(timer, {maxLength: 2, selector: one => one.kind}),
};
/** How far a decision is off the revision that is there: mostly not at all. */
const off = fc.constantFrom(0, 0, 0, 0, 1, -1);

const aBirth = fc.record({
	kind: fc.constant('birth' as const),
	...step,
	body,
	function: fc.constantFrom('fib', 'other'),
	key: fc.constantFrom(null, null, 'k1', 'k2'),
	asynchronous: fc.boolean(),
});
const aMove = fc.record({
	kind: fc.constant('move' as const),
	...step,
	off,
	clear: fc.oneof(fc.constant('all' as const), fc.uniqueArray(fc.constantFrom(...kinds))),
	result: fc.option(body, {nil: undefined}),
	log: fc.option(fc.record({attempt: fc.integer({min: 1, max: 2}), lines: body}), {nil: undefined}),
	history: fc.option(body, {nil: undefined}),
});
const aTidy = fc.record({kind: fc.constant('tidy' as const), id: step.id, timer});
const aDeploy = fc.record({kind: fc.constantFrom('deploy' as const, 'retire' as const), off});
const aChange = fc.oneof({weight: 4, arbitrary: aBirth}, {weight: 6, arbitrary: aMove}, aTidy, aDeploy);

const aCommit = fc.record({
	do: fc.constant('commit' as const),
	home: fc.constantFrom(...homes),
	/** Fenced now and then. */
	stale: fc.constantFrom(0, 0, 0, 0, 0, 1),
	acted: fc.integer({min: 0, max: 3}),
	changes: fc.array(aChange, {maxLength: 6}),
});
const anOpen = fc.record({do: fc.constant('open' as const), home: fc.constantFrom(...homes)});
const aPrune = fc.record({
	do: fc.constant('prune' as const),
	before: time,
	limit: fc.integer({min: 1, max: 3}),
});
const anAct = fc.oneof({weight: 8, arbitrary: aCommit}, anOpen, aPrune);

type Act = typeof anAct extends fc.Arbitrary<infer A> ? A : never;
type Sketch = typeof aChange extends fc.Arbitrary<infer C> ? C : never;

export function historyContract(name: string, make: MakePlace): void {
	test(`${name}: any history is judged and remembered as the model does`, async t => {
		await fc.assert(
			fc.asyncProperty(fc.array(anAct, {maxLength: 25}), async acts => {
				const store = await (await make(t)).open();
				const model = createModel();
				for (const home of homes) await openBoth(t, store, model, home);
				for (const act of acts) await perform(t, store, model, act);
				await compare(t, store, model);
				await store.close();
			}),
			{numRuns: 60},
		);
	});
}

async function openBoth(t: ExecutionContext, store: Store, model: Model, home: string): Promise<void> {
	t.deepEqual(await store.open(home), model.open(home));
}

async function perform(t: ExecutionContext, store: Store, model: Model, act: Act): Promise<void> {
	if (act.do === 'open') return openBoth(t, store, model, act.home);
	if (act.do === 'prune') return prune(t, store, model, act);
	const {home, acted: actedThrough} = act;
	const epoch = (model.home(home)?.epoch ?? 0) - act.stale;
	const changes = draw(model, act.changes);
	const seq = (model.home(home)?.seq ?? 0) + 1;
	const expected = model.commit({home, epoch, seq, actedThrough, changes});
	const batch = {home, epoch, seq, actedThrough, changes};
	if (expected) t.deepEqual(await store.commit(batch), expected);
	else await t.throwsAsync(store.commit(batch), {instanceOf: Fenced});
}

async function prune(
	t: ExecutionContext,
	store: Store,
	model: Model,
	{before, limit}: {before: number; limit: number},
): Promise<void> {
	const may = model.prunable(before).map(row => row.id);
	t.is(await store.prune({endedBefore: before, limit}), Math.min(limit, may.length));
	const left = await store.load(may);
	const gone = may.filter(id => !left.has(id));
	t.is(gone.length, Math.min(limit, may.length));
	model.prune(gone);
}

/** Makes real changes of the sketches, on what the model knows before the commit. */
function draw(model: Model, sketches: readonly Sketch[]): Change[] {
	const known = new Map<string, Task>(model.rows().map(row => [row.id, taskOf(row)]));
	return sketches.map((sketch): Change => {
		switch (sketch.kind) {
			case 'tidy':
				return {kind: 'tidy', timer: {...sketch.timer, task: sketch.id}};
			case 'deploy':
				return deploy(aFunction('fib'), Math.max(0, (model.functions.get('fib') ?? 0) + sketch.off));
			case 'retire':
				return {kind: 'retire', function: 'fib', expected: (model.functions.get('fib') ?? 0) + sketch.off};
			default:
				return sketch.kind === 'birth' ? drawBirth(sketch, known) : drawMove(model, sketch, known);
		}
	});
}

type Drawn<K extends Sketch['kind']> = Extract<Sketch, {kind: K}>;

function drawBirth(sketch: Drawn<'birth'>, known: Map<string, Task>): Change {
	const {id, function: fn, key, asynchronous} = sketch;
	const task = aTask(id, {...drawState(sketch), function: fn, key, asynchronous});
	// What a birth settles no later move may change, so a move is drawn from the one that is taken (R10).
	if (!known.has(id) && !(key && [...known.values()].some(one => one.function === fn && one.key === key)))
		known.set(id, task);
	return {kind: 'birth', task, input: sketch.body, timers: drawTimers(sketch)};
}

function drawMove(model: Model, sketch: Drawn<'move'>, known: Map<string, Task>): Change {
	const {id, clear, result, log, history} = sketch;
	const expected = (model.tasks.get(id)?.row.revision ?? 1) + sketch.off;
	const task = aTask(id, {...known.get(id), ...drawState(sketch)});
	const rest = {...(result && {result}), ...(log && {log}), ...(history && {history})};
	return {kind: 'move', task, expected, set: drawTimers(sketch), clear, ...rest};
}

const drawTimers = ({id, set}: Drawn<'birth' | 'move'>) => set.map(one => ({...one, task: id}));

function drawState({state, placed, charged, time: at}: Drawn<'birth' | 'move'>): Partial<Task> {
	return {state, placed, charged, endedAt: isTerminal(state) ? at : null, updatedAt: at};
}

function taskOf(row: TaskRow): Task {
	const {revision: _, home: __, epoch: ___, seq: ____, ...task} = row;
	return task;
}

async function compare(t: ExecutionContext, store: Store, model: Model): Promise<void> {
	const far = now + 100;
	const rows = model.rows();
	t.deepEqual([...(await store.load(ids)).values()], rows);
	t.deepEqual(await store.due(far, 99), model.due(far));
	t.is(await store.nextDue(), model.due(far)[0]?.at);
	const lane = {pool: 'default', class: 'normal'} as const;
	for (const [limit, except, after] of [
		[99, [], ''],
		[2, [], ''],
		[2, ['fib'], ''],
		[2, [], rows[1]?.id ?? ''],
		[99, ['other'], ''],
	] as const) {
		const waiting = model.backlog(except).filter(({id}) => id > after);
		t.deepEqual(await store.backlog({...lane, limit, except, after}), waiting.slice(0, limit));
	}
	t.deepEqual(await store.counts(), model.counts());
	t.deepEqual((await store.recount()).rows, model.counts());
	t.deepEqual(await store.ledger(), {counts: await store.counts(), births: rows.length});
	t.deepEqual(
		(await store.functions()).map(row => row.revision),
		[...model.functions.values()],
	);
	for (const home of homes) {
		const epoch = (model.home(home)?.epoch ?? 0) + 1;
		const owed = model.owing(home, epoch, 2);
		t.deepEqual(await store.owing({home, epoch, actedThrough: 2, limit: 99}), owed);
	}
	for (const state of states) {
		const query = {states: [state], asynchronous: true, before: 't6', function: 'fib', limit: 3} as const;
		t.deepEqual(await store.list(query), model.list(query));
	}
	t.deepEqual(await store.list({limit: 99}), model.list({limit: 99}));
	await compareBodies(t, store, model);
}

async function compareBodies(t: ExecutionContext, store: Store, model: Model): Promise<void> {
	const [inputs, results] = [await store.inputs(ids), await store.results(ids)];
	for (const id of ids) {
		const kept = model.tasks.get(id);
		t.deepEqual(inputs.get(id), kept?.input);
		t.deepEqual(results.get(id), kept?.result);
		const logs = [...(kept?.logs ?? [])].sort(([a], [b]) => a - b);
		t.deepEqual(
			await store.logs(id),
			logs.map(([attempt, lines]) => ({attempt, lines})),
		);
		t.deepEqual(await store.history(id), kept?.history ?? []);
	}
}
