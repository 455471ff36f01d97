// A name that somebody else bears already, and how that is told from one's own last life.
import test from 'ava';
import {enterHome} from '#runtime/vacancy.ts';
import type {HomeView} from '#store/home.ts';
import {StoreTrouble} from '#store/store.ts';
import {createFakeClock} from '../harness/clock.ts';

const about = (host: string) => ({host, version: '1', localPool: null, areas: false});

function place(shown: (now: number) => Partial<HomeView> | undefined) {
	const clock = createFakeClock();
	const startedAt = clock.now();
	let opened = false;
	const store = {
		async homes() {
			const more = shown(clock.now() - startedAt);
			const home = {home: 'n1', epoch: 1, seq: 0, actedThrough: 0, live: true, left: false, forgotten: false};
			return more ? [{...home, about: about('there'), openedAt: 0, heardAt: 0, ...more}] : [];
		},
		async open(home: string) {
			opened = true;
			return {home, epoch: 2, seq: 0, actedThrough: 0};
		},
	};
	const entered = enterHome(clock, store, 'n1', about('here'));
	const pass = async (ms: number) => {
		for (let at = 0; at < ms; at += 50) {
			clock.advance(50);
			await new Promise(setImmediate);
		}
		return opened;
	};
	return {entered, pass};
}

test('a home that nobody has opened, that was left, or whose server died on this machine is entered at once', async t => {
	for (const shown of [undefined, {live: false, left: true}, {about: about('here')}, {about: null}]) {
		const {entered, pass} = place(() => shown);
		t.true(await pass(50));
		t.is((await entered).home.epoch, 2);
	}
});

test('the lease of a server that died on another machine is waited for', async t => {
	const {entered, pass} = place(now => ({live: now < 6000}));
	t.false(await pass(5900));
	t.true(await pass(500));
	t.like(await entered, {before: {host: 'there'}});
});

test('a server of this name that lives on another machine is left alone, and named', async t => {
	const {entered, pass} = place(now => ({heardAt: Math.floor(now / 2000)}));
	const refused = t.throwsAsync(entered, {
		instanceOf: StoreTrouble,
		message:
			'There is a server `n1` already, on host there: give each server a `node.id` of its own, or stop that one',
	});
	t.false(await pass(3000));
	await refused;
});
