// What a server found at its start, when all it hears is how deep the queue is and who lives.
import test from 'ava';
import {createInFlight} from '#runtime/inFlight.ts';
import {findMissing} from '#runtime/missing.ts';
import type {Roster} from '#runtime/roster.ts';
import {placement} from '../dispatch/placements.ts';
import {testAmbient} from '../harness/ambient.ts';
import {createFakeClock} from '../harness/clock.ts';

const second = 1000;

/** A server that has found two attempts, one of which another area may have, behind others in the queue. */
function began(shared = false) {
	const clock = createFakeClock();
	const state = {depth: 5 as number | null, live: true};
	const rowOf = (id: string) => placement(id, {placed: true, startedAt: null, updatedAt: clock.now()}).row;
	clock.advance(60 * second);
	const inFlight = createInFlight(testAmbient(clock));
	inFlight.found(rowOf('here'), false);
	inFlight.found(rowOf('maybe away'), true);
	const roster = {
		...{beatMs: second, lostAt: undefined, held: () => [], stateOf: () => undefined},
		...{live: () => (state.live ? [{}] : []), hears: () => true},
	} as unknown as Roster;
	const look = async (seconds: number) => {
		clock.advance(seconds * second);
		const depth = async () => state.depth;
		const dispatch = {holds: () => false};
		const missing = await findMissing({inFlight, roster, dispatch, depth, shared, now: clock.now()});
		return missing.map(({flight, sure}) => `${flight.task}${sure ? '' : '?'}`);
	};
	return {clock, state, inFlight, rowOf, look};
}

test('what another area may have had is looked for in the queue for a minute, and no longer', async t => {
	const {look} = began();
	t.deepEqual(await look(5), []);
	t.deepEqual(await look(54), []);
	t.deepEqual(await look(5), ['maybe away?']);
	t.deepEqual(await look(5), ['maybe away']);
	t.deepEqual(await look(3600), ['maybe away'], 'the other is in the queue, as far as anybody knows');
});

test('with no worker to take anything out of the queue it may go again at once', async t => {
	const {look, state} = began();
	state.live = false;
	t.deepEqual(await look(5), ['maybe away?']);
	t.deepEqual(await look(5), ['maybe away']);
});

test('while nobody can say what the queue holds nothing of it is missing', async t => {
	const {look, state} = began();
	state.depth = null;
	state.live = false;
	t.deepEqual(await look(120), []);
});

test('once the queue was empty, what no worker names is nowhere, whatever is in the queue by now', async t => {
	const {look, state} = began();
	state.depth = 0;
	t.deepEqual(await look(5), ['here?', 'maybe away?']);
	state.depth = 3;
	t.deepEqual(await look(5), ['here', 'maybe away']);
});

test('what was dispatched again is in its queue like any other', async t => {
	const {look, inFlight, rowOf} = began();
	inFlight.applied(rowOf('maybe away'), true);
	inFlight.sent(rowOf('maybe away'), null);
	t.deepEqual(await look(120), []);
});

test('where others fill the same queue, one is sent again after an hour, and tells of the rest when it comes out', async t => {
	const {look, inFlight, rowOf, clock} = began(true);
	inFlight.forget('maybe away');
	inFlight.found(rowOf('lost'), false);
	t.deepEqual(await look(3599), []);
	t.deepEqual(await look(1), ['here?']);
	t.deepEqual(await look(5), ['here']);
	const again = rowOf('here');
	inFlight.applied(again, true);
	inFlight.sent(again, null);
	t.deepEqual(await look(3500), [], 'it stands behind the others');
	const flight = inFlight.get('here');
	if (flight) inFlight.heard(flight, clock.now());
	t.deepEqual(await look(2), ['lost?']);
});

test('where others fill the same queue, the last that was put there is sent again after an hour', async t => {
	const {look, inFlight, rowOf} = began(true);
	for (const task of ['here', 'maybe away']) inFlight.forget(task);
	for (const task of ['own', 'claimed']) inFlight.applied(rowOf(task), task === 'own');
	inFlight.sent(rowOf('own'), null);
	t.deepEqual(await look(3590), []);
	t.deepEqual(await look(10), ['own?'], 'what nobody puts there any more does not stand behind it');
});
