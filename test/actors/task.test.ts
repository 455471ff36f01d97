import test from 'ava';
import fc from 'fast-check';
import {decide, owes} from '#actors/decide.ts';
import {isTerminal, type Task, type TaskEvent, type TaskState} from '#actors/task.ts';
import {keepsTheLaws} from './laws.ts';
import {type Path, paths} from './reach.ts';
import {accepted, eventsFor, eventTypes, usage} from './world.ts';

const reached = paths();

/** The shortest way to each kind of step: from a state, by an event, to a state, with effects. */
const kinds = new Map<string, {path: Path; event: TaskEvent}>();
for (const path of reached.toSorted((a, b) => a.steps.length - b.steps.length)) {
	for (const event of eventsFor(path.task)) {
		const decision = decide(path.task, [event]);
		if (decision.verdict === 'pass' && !decision.allowed) continue;
		const end = decision.verdict === 'commit' ? decision.task.state : path.task.state;
		const told = decision.effects.map(showEffect).join(', ');
		const name = `${path.task.state} → ${event.type} → ${end}${told && ` with ${told}`}`;
		if (!kinds.has(name)) kinds.set(name, {path, event});
	}
}

for (const [name, {path, event}] of kinds) {
	test(`a task: ${name}`, t => {
		let task = accepted();
		for (const step of path.steps) {
			const decision = decide(task, [step.event]);
			keepsTheLaws(t, task, step.event, decision);
			if (decision.verdict === 'commit') task = decision.task;
			t.deepEqual(task, step.task);
		}
		keepsTheLaws(t, task, event, decide(task, [event]));
	});
}

function showEffect({type, params = {}}: {type: string; params?: object}): string {
	const said = Object.entries(params).filter(([name]) => name !== 'attempt');
	return said.length === 0 ? type : `${type} ${said.map(([name, value]) => `${name} ${value}`).join()}`;
}

test('every state of a task can be reached', t => {
	const states = new Set(reached.map(({task}) => task.state));
	t.deepEqual([...states].sort(), [
		'accepted',
		'cancelled',
		'dead',
		'expired',
		'queued',
		'retrying',
		'running',
		'succeeded',
	]);
});

test('every event in every reachable state keeps the laws', t => {
	t.true(reached.length > 1000, `only ${reached.length} states were reached`);
	for (const {task} of reached) {
		for (const event of eventsFor(task)) keepsTheLaws(t, task, event, decide(task, [event]));
	}
});

test('any history of events keeps the laws', t => {
	const choices = fc.array(fc.nat(), {maxLength: 80});
	const limits = fc.record({expiresAt: fc.constantFrom(null, 5), deadline: fc.constantFrom(null, 9)});
	fc.assert(
		fc.property(choices, limits, (history, more) => {
			let task = accepted(more);
			for (const choice of history) {
				const event = choose(task, choice);
				const decision = decide(task, [event]);
				keepsTheLaws(t, task, event, decision);
				if (decision.verdict === 'commit') task = decision.task;
			}
		}),
		{numRuns: 500},
	);
});

/** Mostly something that moves the task, so that histories are long. */
function choose(task: Task, choice: number): TaskEvent {
	const all = eventsFor(task);
	const moving = all.filter(event => allowed[task.state].includes(event.type));
	const some = moving.length > 0 && choice % 4 !== 0 ? moving : all;
	return some[choice % some.length] ?? {type: 'cancel', at: 0, ran: null};
}

/** What each state allows; the rest is refused. */
const allowed: Readonly<Record<TaskState, readonly TaskEvent['type'][]>> = {
	accepted: ['admit'],
	queued: ['place', 'start', 'claim', 'giveUp', 'lost', 'expire', 'deadline', 'cancel'],
	running: ['succeed', 'fail'],
	retrying: ['retry', 'expire', 'deadline', 'cancel'],
	dead: ['redrive'],
	succeeded: [],
	cancelled: [],
	expired: [],
};

test('an event that a state does not allow is refused, without effect', t => {
	const seen = new Set<string>();
	for (const {task} of reached) {
		for (const event of eventsFor(task).filter(({type}) => !allowed[task.state].includes(type))) {
			seen.add(`${task.state} ${event.type}`);
			t.deepEqual(decide(task, [event]), {verdict: 'pass', effects: [], allowed: false});
		}
	}
	const legal = Object.values(allowed).flat().length;
	t.is(seen.size, eventTypes.length * Object.keys(allowed).length - legal);
});

test('a list of events is one decision: one that is refused takes all with it', t => {
	const [admit] = [{type: 'admit', at: 1, room: true} as const];
	const start = {type: 'start', at: 2, attempt: 1} as const;
	const succeed = {type: 'succeed', at: 3, usage} as const;
	t.like(decide(accepted(), [admit, start, succeed]), {
		verdict: 'commit',
		path: ['queued', 'running', 'succeeded'],
		task: {state: 'succeeded', startedAt: 2, endedAt: 3, placed: false, usage},
		effects: [{type: 'dispatch'}, {type: 'reply'}],
	});
	const stale = {...start, attempt: 2};
	t.deepEqual(decide(accepted(), [admit, stale, succeed]), {verdict: 'pass', effects: [], allowed: false});
});

test('what a row owes is what its last step may not have done', t => {
	for (const {task} of reached) {
		const types = owes(task).map(effect => effect.type);
		if (task.state === 'queued') t.deepEqual(types, task.placed ? ['dispatch'] : []);
		else if (task.state === 'dead') t.deepEqual(types, ['bury', 'reply']);
		else t.deepEqual(types, isTerminal(task.state) ? ['reply'] : []);
	}
});
