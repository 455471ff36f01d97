// The worlds that are searched through, in every interleaving.
import {type Faults, task} from './configs.ts';
import type {Config, TaskSpec} from './model.ts';

const small = (tasks: readonly TaskSpec[], faults: Faults, more: Partial<Config> = {}): Config => ({
	tasks,
	nodes: 1,
	workers: 1,
	parallel: 2,
	limit: 9,
	mostLosses: 9,
	faults,
	...more,
});

const rest = (more: Partial<TaskSpec> = {}) => [task('a', {door: 'rest', ...more})];

const alone = {parallel: 1};
const pair = {nodes: 2, parallel: 1};

/** Searched through in every interleaving, without the audit. One task unless the name says two. */
export const smallConfigs: Readonly<Record<string, Config>> = {
	'a happy task': small([task('a')], {}),
	'a crash': small(rest(), {'crash node': 1}),
	'two crashes': small(rest(), {'crash node': 2}, alone),
	'a home taken over': small(rest(), {'take over': 1}, alone),
	'an unknown commit and a crash': small(rest(), {'lose answer of commit': 1, 'crash node': 1}, alone),
	'a commit in progress and a crash': small(
		rest(),
		{'crash node': 1, 'lose answer of commit': 1},
		{...alone, flights: 1},
	),
	'a commit in progress and a home taken over': small(rest(), {'take over': 1}, {...alone, flights: 1}),
	'a retry and a crash': small(rest({does: 'fail1'}), {'crash node': 1}, alone),
	'a silent redrive and a crash': small(
		rest({does: 'fail', maxAttempts: 1, redrive: 'silent'}),
		{'crash node': 1},
		alone,
	),
	'an expiry and a crash': small(rest({expire: true}), {'crash node': 1}, alone),
	'a cancel and a crash': small(rest({cancel: true}), {'crash node': 1}, alone),
	'a worker lost during a retry': small(
		[task('a', {does: 'fail1'})],
		{'crash worker': 1},
		{...alone, workers: 2},
	),
	'a lost connection': small([task('a')], {'lose connection': 1}, {...alone, workers: 2}),
	'an embedded node, two crashes': small(rest(), {'crash node': 2}, {durable: false}),
	'a falsely dead node': small(rest(), {'declare dead': 1}, pair),
	'two tasks and a window of one': small(
		[task('a', {door: 'rest'}), task('b', {door: 'rest'})],
		{},
		{window: 1},
	),
};

/** These take minutes. */
export const largerConfigs: Readonly<Record<string, Config>> = {
	'two nodes and a crash': small(rest(), {'crash node': 1}, pair),
	'two nodes, a redrive and a crash': small(
		rest({does: 'fail', maxAttempts: 1, redrive: 'silent'}),
		{'crash node': 1},
		pair,
	),
	'two crashes, two hands': small(rest(), {'crash node': 2}),
	'a redrive and a crash, two hands': small(rest({does: 'fail', maxAttempts: 1, redrive: 'silent'}), {
		'crash node': 1,
	}),
	'two tasks and a crash': small([task('a', {door: 'rest'}), task('b', {door: 'rest'})], {'crash node': 1}),
	'two tasks, commits beside each other': small(
		[task('a', {door: 'rest'}), task('b', {door: 'rest'})],
		{},
		{flights: 2},
	),
	'an unknown commit and two crashes': small(rest(), {'lose answer of commit': 1, 'crash node': 2}, alone),
};
