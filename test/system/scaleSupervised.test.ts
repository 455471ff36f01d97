import test from 'ava';
import {run} from './process.ts';
import {place, scaled} from './supervisors.ts';

test('the script has a server scale a pool that supervisors keep, and says so where it can reach none', async t => {
	const {broker, client, warren, supervise} = await place(t);
	supervise(1);
	await scaled(client, ({running}) => running === 1);
	const script = (url: string) =>
		run('scripts/scale-workers', [
			'2',
			'--broker',
			broker.url,
			'--prefix',
			broker.prefix,
			'--url',
			url,
			'--json',
		]);
	const up = await script(warren.url ?? '');
	t.is(up.code, 0, up.stderr);
	t.like(JSON.parse(up.stdout), {wanted: 2, before: 1, after: 2, supervisors: [{wanted: 2, running: 2}]});

	const lost = await script('http://127.0.0.1:1');
	t.is(lost.code, 1);
	t.regex(
		lost.stderr,
		/Supervisors keep pool default, so a server must tell them, and http:\/\/127\.0\.0\.1:1 did not/,
	);
});

test('a worker is drained over the broker alone', async t => {
	const {broker, client, supervise} = await place(t);
	supervise(1);
	const before = await scaled(client, ({running}) => running === 1);
	const worker = before.supervisors[0]?.workers[0]?.worker ?? '';
	const script = () =>
		run('scripts/drain-worker', [worker, '--broker', broker.url, '--prefix', broker.prefix, '--json']);
	const drained = await script();
	t.is(drained.code, 0, drained.stderr);
	t.deepEqual(JSON.parse(drained.stdout), {worker, drained: true});
	await scaled(client, view => view.running === 1 && view.supervisors[0]?.workers[0]?.worker !== worker);
	const again = await script();
	t.is(again.code, 1);
	t.regex(again.stderr, /No worker .* is heard of at this broker/);
});
