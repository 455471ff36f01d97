import test from 'ava';
import fc from 'fast-check';
import {getShortestPaths} from 'xstate/graph';
import {decideWorker} from '#actors/decide.ts';
import type {WorkerEvent, WorkerRow, WorkerState} from '#actors/worker.ts';
import {workerMachine} from '#actors/workerMachine.ts';
import {aWorker, copyEvents, ownEvents} from './world.ts';

const {state: _, ...input} = aWorker();

/** Shortest paths to every state, with these events only. */
const pathsOf = (events: readonly WorkerEvent[]) =>
	getShortestPaths(workerMachine, {
		input,
		events: events as WorkerEvent[],
		serializeState: ({value, context}) => `${value} ${context.busy} ${context.missed} ${context.updatedAt}`,
	});

for (const [who, events] of [['itself', ownEvents] as const, ["a roster's copy", copyEvents] as const]) {
	for (const {steps, state} of pathsOf(events)) {
		const told = steps.slice(1).map(step => step.event);
		const {busy, missed} = state.context;
		const walked = told.map(showEvent).join(', ') || 'nothing';
		test(`a worker, by ${who}: ${walked} → ${state.value}, ${busy} inside, ${missed} missed`, t => {
			let row: WorkerRow = aWorker();
			for (const event of told) row = decideWorker(row, event) ?? row;
			t.deepEqual(row, {...state.context, state: state.value as WorkerState});
		});
	}
}

function showEvent(event: WorkerEvent): string {
	if (event.type === 'beat') return `beat ${event.state}`;
	if (event.type === 'silence') return `silence ${event.missed}`;
	return event.type === 'load' ? `load ${event.busy}` : event.type;
}

test('a worker never takes itself for suspect or lost', t => {
	const states = new Set(pathsOf(ownEvents).map(({state}) => state.value));
	t.deepEqual([...states].sort(), ['busy', 'draining', 'idle', 'starting', 'stopped']);
});

test('a worker is suspect after two missed heartbeats, lost after three, and back with its next word', t => {
	let row = aWorker({state: 'busy', busy: 2});
	const after = (event: WorkerEvent) => {
		row = decideWorker(row, event) ?? row;
		return row.state;
	};
	t.is(after({type: 'silence', at: 1, missed: 1}), 'busy');
	t.is(after({type: 'silence', at: 2, missed: 2}), 'suspect');
	t.is(after({type: 'silence', at: 3, missed: 3}), 'lost');
	t.is(after({type: 'beat', at: 4, state: 'busy', busy: 1}), 'busy');
	t.like(row, {missed: 0, busy: 1, updatedAt: 4});
});

test('the last word of a worker is its last', t => {
	for (const event of [...ownEvents, ...copyEvents]) {
		t.is(decideWorker(aWorker({state: 'stopped'}), event), undefined);
	}
	t.like(decideWorker(aWorker({state: 'busy', busy: 2}), {type: 'stop', at: 9}), {state: 'stopped', busy: 0});
});

test('an event that a state does not allow is refused', t => {
	const states = ['starting', 'idle', 'busy', 'draining', 'suspect', 'lost'] as const;
	const refused = states.map(state => {
		const row = aWorker({state});
		const types = [...ownEvents, ...copyEvents]
			.filter(event => !decideWorker(row, event))
			.map(({type}) => type);
		return [state, [...new Set(types)]];
	});
	t.deepEqual(Object.fromEntries(refused), {
		starting: ['load'],
		idle: ['ready'],
		busy: ['ready'],
		draining: ['ready', 'drain'],
		suspect: ['ready', 'load', 'drain', 'stop'],
		lost: ['ready', 'load', 'drain', 'stop'],
	});
});

test('after any history a copy believes the last word it heard', t => {
	fc.assert(
		fc.property(fc.array(fc.constantFrom(...copyEvents), {maxLength: 40}), events => {
			let row: WorkerRow = aWorker();
			for (const event of events) {
				const next = decideWorker(row, event);
				if (!next) continue;
				if (event.type === 'beat') t.is(next.state, event.state);
				if (next.state === 'lost') t.true(next.missed >= 3);
				if (next.state === 'suspect') t.true(next.missed >= 2);
				if (!['suspect', 'lost'].includes(next.state)) t.true(next.missed < 2);
				row = next;
			}
		}),
	);
});
