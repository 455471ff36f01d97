// A repair may go to one worker's mailbox, past the queue of all, and be lost with it.
import test from 'ava';
import {configs, pushed} from './configs.ts';
import {exhaust} from './exhaust.ts';
import {walk} from './explore.ts';
import type {Config} from './model.ts';
import {rules} from './rules.ts';
import {smallConfigs} from './smallConfigs.ts';
import {inWords} from './step.ts';

const [happy] = Object.values(smallConfigs);
const killed = pushed['pushed killer'] as Config;
const seed = 31_000;

test('every interleaving of a repair that was not needed comes to its end, by whichever way it goes', t => {
	const search = exhaust({...(happy as Config), faults: {'audit wrongly': 1}, parallel: 1}, rules);
	t.log(`${search.states} states`);
	t.is(search.bad, null, search.trace.map(inWords).join('\n'));
	t.true(search.complete);
});

test('every interleaving of a worker that dies with its mailbox comes to its end through the audit', t => {
	const faults = {'audit wrongly': 1, 'crash worker': 1};
	const search = exhaust({...(happy as Config), faults, parallel: 1}, rules);
	t.log(`${search.states} states`);
	t.is(search.bad, null, search.trace.map(inWords).join('\n'));
	t.true(search.complete);
});

test('repairs that go straight, lost and not, wrong and right, violate no rule in a thousand random walks', t => {
	let sent = 0;
	let taken = 0;
	for (const name of ['mix', 'killer', 'alone', 'three']) {
		for (let at = seed; at < seed + 250; at++) {
			const {bad, trace} = walk(configs[name] as Config, rules, at);
			t.is(bad, null, `${name}, seed ${at}: ${trace.map(inWords).join('\n')}`);
			sent += trace.filter(step => step.name.endsWith('sends straight')).length;
			taken += trace.filter(step => step.name === 'takes from its mailbox').length;
		}
	}
	t.log(`${sent} sent, ${taken} taken`);
	t.true(sent > 0 && taken > 0 && taken < sent, 'some were lost with their worker');
});

test('where all is pushed into mailboxes that go with their workers, no rule is violated in random walks', t => {
	for (const [name, config] of Object.entries(pushed)) {
		for (let at = seed; at < seed + 250; at++) {
			const {bad, trace} = walk(config, rules, at);
			t.is(bad, null, `${name}, seed ${at}: ${trace.map(inWords).join('\n')}`);
		}
	}
});

test('what kills its workers comes to its end soon, however it is sent', t => {
	for (let at = seed; at < seed + 250; at++)
		t.is(walk(killed, rules, at, {most: 600}).bad, null, `seed ${at}`);
});
