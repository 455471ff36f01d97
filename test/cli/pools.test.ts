import test from 'ava';
import {world} from './shell.ts';

test('pools are listed with what waits, by class where it is not all of the usual one', async t => {
	const {run} = await world(t);
	const {code, out} = await run(['pools']);
	t.is(code, 0);
	t.regex(out, /^POOL +STATE +WAITING +PLACED +QUEUED +WORKERS +SLOTS +BUSY$/m);
	t.regex(out, /^default +active +0 +0 +0 +1 +4 +1$/m);
	t.regex(out, /^gpu +active +3 high, 3 normal +2 high, 2 normal, 2 low +/m);
});

test('a pool is paused with a reason and resumed, and says so', async t => {
	const {run} = await world(t);
	const paused = await run(['pools', 'pause', 'gpu', '--why', 'heat']);
	t.like(paused, {code: 0, out: 'gpu is paused; what is placed goes on: 6\n  warren pools resume gpu'});
	t.regex((await run(['pools'])).out, /^gpu +paused: heat +/m);
	t.like(await run(['pools', 'resume', 'gpu']), {code: 0, out: 'gpu is active'});
	const other = await run(['pools', 'pause', 'default', '--json']);
	t.like(JSON.parse(other.out), {name: 'default', pause: {why: 'no reason was given'}});
	t.like(await run(['pools', 'pause', 'gpuu']), {
		code: 0,
		out: 'gpuu is paused; no function, worker or task names the pool gpuu\n  warren pools resume gpuu',
	});
	t.like(await run(['pools', 'pause', 'GPU']), {code: 4});
	t.like(await run(['pools', 'pause']), {code: 1});
});
