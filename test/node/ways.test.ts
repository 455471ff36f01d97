import test from 'ava';
import {waysOf} from '#node/ways.ts';
import type {WarrenOptions} from '#warren.ts';

const modes = (options: WarrenOptions, ...pools: string[]) => {
	const wayOf = waysOf(options);
	return pools.map(pool => wayOf(pool).mode);
};
const rabbit = {url: 'amqp://broker'};

test('an embedded node runs its own pool itself, and nothing else', t => {
	t.deepEqual(modes({}, 'default', 'gpu'), ['local', 'pull']);
	t.deepEqual(modes({worker: {pool: 'gpu'}}, 'default', 'gpu'), ['pull', 'local']);
	t.deepEqual(modes({roles: ['server']}, 'default'), ['pull']);
	t.deepEqual(modes({broker: rabbit}, 'default'), ['pull']);
	t.deepEqual(modes({dispatch: {mode: 'pull'}}, 'default'), ['pull']);
});

test('a part that needs tags goes the way of its pool, and runs here only where this worker has them', t => {
	t.deepEqual(modes({}, 'default+gpu'), ['pull']);
	const worker = {tags: ['gpu']};
	t.deepEqual(modes({worker}, 'default+gpu', 'default+eu+gpu'), ['local', 'pull']);
	const pools = {default: {mode: 'push'}} as const;
	t.deepEqual(modes({worker, broker: rabbit, dispatch: {pools}}, 'default+gpu'), ['push']);
});

test('each pool may have a way of its own', t => {
	const pools = {gpu: {mode: 'push', strategy: 'consistent-hash'}, bulk: {strategy: 'least-loaded'}} as const;
	const wayOf = waysOf({broker: rabbit, dispatch: {mode: 'local', pools}});
	t.deepEqual(wayOf('gpu'), {mode: 'push', strategy: 'consistent-hash'});
	t.deepEqual(wayOf('bulk'), {mode: 'pull', strategy: 'least-loaded'});
	t.deepEqual(wayOf('default'), {mode: 'local', strategy: 'warm-first'});
});

test('a node that can not run a pool itself does not start as if it could', t => {
	const refused = (options: WarrenOptions) =>
		t.throws(() => waysOf(options), {instanceOf: TypeError}).message;
	t.regex(refused({roles: ['server'], dispatch: {mode: 'local'}}), /with both roles.*this is no worker/);
	t.regex(refused({dispatch: {pools: {gpu: {mode: 'local'}}}}), /`gpu`.*its worker serves `default`/);
	t.regex(refused({roles: ['server'], dispatch: {pools: {gpu: {mode: 'local'}}}}), /it is no worker/);
	t.notThrows(() => waysOf({roles: ['worker'], dispatch: {mode: 'local'}}));
});
