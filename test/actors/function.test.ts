import test from 'ava';
import fc from 'fast-check';
import {getShortestPaths} from 'xstate/graph';
import {decideFunction} from '#actors/decide.ts';
import type {FunctionRow, FunctionState} from '#actors/function.ts';
import {type FunctionEvent, functionMachine} from '#actors/functionMachine.ts';
import {aFunction, functionEvents, pausedFunctions} from './world.ts';

const {state: _, ...input} = aFunction();

for (const {steps, state} of getShortestPaths(functionMachine, {
	input,
	events: functionEvents as FunctionEvent[],
	serializeState: ({value, context: {version, failure, pause, broken}}) =>
		`${value} ${version} ${failure?.code} ${pause?.by} ${pause?.version} ${broken.join()}`,
})) {
	const events = steps.slice(1).map(step => step.event);
	const version = state.context.version === null ? 'no version' : 'a live version';
	const failure = state.context.failure === null ? '' : ' and a failed build';
	const walked =
		events.map(event => ('version' in event ? `${event.type} ${event.version}` : event.type)).join(', ') ||
		'nothing';
	test(`a function: ${walked} → ${state.value} with ${version}${failure}`, t => {
		const row = decideFunction(aFunction(), events);
		t.deepEqual(row, {...state.context, state: state.value as FunctionState});
	});
}

const allowed: Readonly<Record<FunctionState, readonly FunctionEvent['type'][]>> = {
	building: ['build', 'activate', 'reject'],
	active: ['build', 'activate', 'reject', 'pause', 'trip', 'retire'],
	paused: ['build', 'activate', 'reject', 'resume', 'retire'],
	rejected: ['build', 'retire'],
	retired: [],
};

test('an event that a state does not allow is refused, and takes its whole list with it', t => {
	for (const [state, legal] of Object.entries(allowed)) {
		for (const event of functionEvents) {
			const row = aFunction({state: state as FunctionState, version: 'v1'});
			const isOfAnother = event.type === 'trip' && event.version !== row.version;
			t.is(
				decideFunction(row, [event]) !== undefined,
				legal.includes(event.type) && !isOfAnother,
				`${event.type} in ${state}`,
			);
		}
	}
	t.is(
		decideFunction(aFunction(), [
			{type: 'activate', at: 1, version: 'v'},
			{type: 'resume', at: 2},
		]),
		undefined,
	);
});

test('a function that is live stays so while it is built anew, and when that build is rejected', t => {
	const live = aFunction({state: 'active', version: 'v1'});
	t.like(decideFunction(live, [functionEvents[0] as FunctionEvent]), {state: 'active', version: 'v1'});
	t.like(
		decideFunction(
			live,
			functionEvents.filter(({type}) => type === 'build' || type === 'reject'),
		),
		{
			state: 'active',
			version: 'v1',
			failure: {code: 'BUILD_FAILED'},
		},
	);
	t.like(
		decideFunction(live, [
			{type: 'build', at: 1},
			{type: 'activate', at: 2, version: 'v2'},
		]),
		{
			state: 'active',
			version: 'v2',
			failure: null,
			updatedAt: 2,
		},
	);
});

test('the breaker stops the version that is live, and only it', t => {
	const live = aFunction({state: 'active', version: 'v1'});
	const trip = {type: 'trip', at: 5, version: 'v1', why: 'it crashes'} as const;
	t.like(decideFunction(live, [trip]), {
		state: 'paused',
		version: 'v1',
		pause: {by: 'breaker', why: 'it crashes', at: 5, version: 'v1'},
		broken: ['v1'],
		updatedAt: 5,
	});
	t.is(decideFunction(live, [{...trip, version: 'v0'}]), undefined);
});

test('another version ends the pause of the breaker, and what it stopped stays known', t => {
	const [tripped, held] = pausedFunctions as [FunctionRow, FunctionRow];
	const activate = (version: string) => ({type: 'activate', at: 9, version}) as const;
	t.like(decideFunction(tripped, [activate('v2')]), {
		...{state: 'active', version: 'v2', pause: null, updatedAt: 9},
		broken: ['v1'],
	});
	t.like(decideFunction(tripped, [activate('v1')]), {
		state: 'paused',
		version: 'v1',
		pause: {by: 'breaker'},
		broken: ['v1'],
	});
	t.like(decideFunction(tripped, [activate('v2'), activate('v1')]), {state: 'active', broken: []});
	t.like(decideFunction(held, [activate('v2')]), {state: 'paused', version: 'v2', pause: {by: 'operator'}});
});

test('an operator takes a pause of the breaker over, and ends any', t => {
	const [tripped, held] = pausedFunctions as [FunctionRow, FunctionRow];
	const pause = {type: 'pause', at: 7, why: 'repairs'} as const;
	const over = decideFunction(tripped, [pause, {type: 'activate', at: 8, version: 'v2'}]);
	t.like(over, {
		state: 'paused',
		version: 'v2',
		pause: {by: 'operator', why: 'repairs', at: 7},
		broken: ['v1'],
	});
	t.is(decideFunction(held, [pause]), undefined);
	for (const row of pausedFunctions)
		t.like(decideFunction(row, [{type: 'resume', at: 8}]), {state: 'active', pause: null, broken: []});
});

test('any history keeps what is live runnable and what is retired retired', t => {
	fc.assert(
		fc.property(fc.array(fc.constantFrom(...functionEvents), {maxLength: 40}), events => {
			let row: FunctionRow = aFunction();
			for (const event of events) {
				const next = decideFunction(row, [event]);
				if (!next) continue;
				t.not(row.state, 'retired');
				if (next.state === 'active' || next.state === 'paused') t.not(next.version, null);
				t.is(next.state === 'paused', next.pause !== null);
				if (event.type !== 'activate') t.is(next.version, row.version);
				t.like(next, {name: row.name, createdAt: row.createdAt, revision: row.revision, updatedAt: event.at});
				row = next;
			}
		}),
	);
});
