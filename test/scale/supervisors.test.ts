import test from 'ava';
import type {SupervisorBeat} from '#contract/supervisor.ts';
import {createHearing} from '#runtime/hearing.ts';
import {createSupervisors} from '#scale/supervisors.ts';
import {testAmbient} from '../harness/ambient.ts';
import {createFakeClock} from '../harness/clock.ts';

/** The supervisors that a server hears of whose broker answers when the test says so. */
function world() {
	const clock = createFakeClock();
	const owed: (() => void)[] = [];
	const hearing = createHearing(clock, {watch: () => () => {}, ask: answered => void owed.push(answered)});
	const supervisors = createSupervisors(testAmbient(clock), hearing);
	const beat = (supervisor: string): SupervisorBeat => ({
		...{
			supervisor,
			pool: 'default',
			host: 'h',
			pid: 1,
			version: '0',
			state: 'running',
			wanted: 2,
			workers: [],
		},
		...{restarts: 0, trouble: null, restart: null, startedAt: 0, everyMs: 1000, at: clock.now()},
	});
	return {
		hear: (supervisor: string) => supervisors.hear(beat(supervisor)),
		/** So much time passes, in which nothing is read. */
		stand: (ms: number) => {
			clock.advance(ms);
			supervisors.look();
		},
		answer: () => {
			for (const answered of owed.splice(0)) answered();
		},
		states: () => supervisors.list().map(({id, state}) => `${id} ${state}`),
		tell: (supervisor: string, workers: number) => supervisors.tell(supervisor, workers),
		told: (supervisor: string) => supervisors.told(supervisor),
		keepers: () => supervisors.keepers('default').map(({id}) => id),
	};
}

test('a server that stood still loses no supervisor that spoke meanwhile, and loses the one that did not', t => {
	const {hear, stand, answer, states, keepers} = world();
	hear('s1');
	hear('s2');
	stand(10_000);
	t.deepEqual(states(), ['s1 running', 's2 running'], 'nothing is known of them yet');
	t.false(hear('s1').isNew);
	answer();
	t.deepEqual(states(), ['s1 running', 's2 lost']);
	t.deepEqual(keepers(), ['s1']);
	t.true(hear('s2').isNew);
});

test('a supervisor that is silent for three of its heartbeats is lost, and after a minute it is forgotten', t => {
	const {hear, stand, answer, states} = world();
	hear('s1');
	stand(2999);
	answer();
	t.deepEqual(states(), ['s1 running']);
	stand(1);
	answer();
	t.deepEqual(states(), ['s1 lost']);
	stand(57_001);
	answer();
	t.deepEqual(states(), []);
});

test('what a supervisor was told is known until it is forgotten, or heard anew', t => {
	const {hear, stand, answer, states, tell, told} = world();
	for (const id of ['s1', 's2', 's3']) hear(id);
	for (const id of ['s1', 's2', 's3']) tell(id, 4);
	tell('s4', 4);
	t.is(told('s4'), undefined, 'nobody of that name was heard');
	hear('s2');
	t.is(told('s2'), 4);
	stand(3000);
	answer();
	hear('s2');
	t.deepEqual(
		[told('s1'), told('s2')],
		[4, undefined],
		'one that comes back after it was lost may have begun anew',
	);
	stand(60_000);
	answer();
	t.deepEqual(states(), ['s2 lost']);
	t.is(told('s1'), undefined);
});
