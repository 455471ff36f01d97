import test from 'ava';
import {startable} from '#runtime/startable.ts';
import type {Stock} from '#store/store.ts';

const stock: Stock = {pool: 'gpu', class: 'normal', function: 'fib', waiting: 10, placed: 3};

const held = (more: {pools?: string[]; paused?: string[]; limits?: [string, number][]} = {}) => ({
	pools: new Set(more.pools),
	functions: {paused: new Set(more.paused), limits: new Map(more.limits)},
});

test('all that is open could run', t => {
	t.is(startable(stock, held({pools: ['other'], paused: ['mail'], limits: [['mail', 1]]})), 13);
});

test('of a pool or a function that is paused what is placed still runs', t => {
	t.is(startable(stock, held({pools: ['gpu']})), 3);
	t.is(startable(stock, held({paused: ['fib']})), 3);
});

test('what is over the limit of a function needs no worker', t => {
	t.is(startable(stock, held({limits: [['fib', 5]]})), 5);
	t.is(startable(stock, held({limits: [['fib', 100]]})), 13);
	t.is(startable(stock, held({limits: [['fib', 1]]})), 3, 'a limit that was lowered takes nothing back');
});
