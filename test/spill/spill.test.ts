import test from 'ava';
import {area, fill, guestOf, inState, square} from './world.ts';

test('what would wait too long here runs in another area, and its outcome comes home', async t => {
	const cloud = await area(t);
	const edge = await area(t, {area: 'edge', areas: {cloud: {url: cloud.url}}});
	const {version} = await edge.client.deploy({name: 'square', language: 'javascript', code: square});
	await fill(edge);
	const {task} = await edge.client.submit('square', 7, {spill: true});

	const view = await edge.client.wait(task, {waitMs: 20_000});
	t.like(view, {state: 'succeeded', attempt: 1, charged: 0, version});
	t.regex(view.usage?.worker ?? '', /^cloud\//);
	t.is(await edge.client.result(task), 49);
	t.is((await edge.client.logs(task))[0]?.lines[0]?.text, 'squared 7');
	const guest = await guestOf(cloud);
	t.like(guest, {version, key: `edge.${task}.1`, maxAttempts: 1, state: 'succeeded'});
	t.is(await edge.spilled('succeeded'), 1);
});

test('what its caller has not allowed to go stays, and waits', async t => {
	const cloud = await area(t);
	const edge = await area(t, {areas: {cloud: {url: cloud.url}}});
	await edge.client.deploy({name: 'square', language: 'javascript', code: square, policy: {spill: true}});
	const held = await fill(edge);
	const stays = await edge.client.submit('square', 2, {spill: false});
	const goes = await edge.client.submit('square', 3);

	t.is((await edge.client.wait(goes.task, {waitMs: 20_000})).state, 'succeeded');
	t.is((await edge.client.get(stays.task)).state, 'queued');
	await edge.client.cancel(held);
	t.regex((await edge.client.wait(stays.task, {waitMs: 20_000})).usage?.worker ?? '', /^(?!cloud\/)/);
	t.is((await cloud.client.list()).length, 1);
});

test('a failure there is a failure of its attempt here: charged, and tried again as its policy says', async t => {
	const cloud = await area(t);
	const edge = await area(t, {areas: {cloud: {url: cloud.url}}});
	const code = 'export default (_, ctx) => { if (ctx.attempt < 1) return 1; throw new Error("not today"); };';
	const policy = {maxAttempts: 2, backoff: {baseMs: 1, factor: 1, maxMs: 1}};
	await edge.client.deploy({name: 'fussy', language: 'javascript', code, policy});
	await fill(edge);
	const {task} = await edge.client.submit('fussy', null, {spill: true});

	const view = await edge.client.wait(task, {waitMs: 20_000});
	t.like(view, {
		state: 'dead',
		charged: 2,
		attempt: 2,
		failure: {code: 'FUNCTION_THREW', message: 'not today'},
	});
	const keys = (await cloud.client.list()).map(({key}) => key?.slice(-2) ?? '');
	t.deepEqual(
		keys.toSorted((a, b) => a.localeCompare(b)),
		['.1', '.2'],
	);
});

test('a cancel reaches the area that runs it, and says what it found there', async t => {
	const cloud = await area(t);
	const edge = await area(t, {areas: {cloud: {url: cloud.url}}});
	await fill(edge);
	const {task} = await edge.client.submit('forever', null, {spill: true});
	await inState(edge, task, 'running');

	const receipt = await edge.client.cancel(task);
	t.like(receipt, {was: 'running', state: 'cancelled', cancelled: true});
	t.regex(receipt.stop?.worker ?? '', /^area-cloud-/);
	t.is((await inState(cloud, (await guestOf(cloud)).id, 'cancelled')).state, 'cancelled');
	t.is((await edge.client.get(task)).state, 'cancelled');
});

test('a deadline ends it here and there', async t => {
	const cloud = await area(t);
	const edge = await area(t, {areas: {cloud: {url: cloud.url}}});
	await fill(edge);
	const deadline = Date.now() + 10_000;
	const {task} = await edge.client.submit('forever', null, {spill: true, deadline});

	t.like(await edge.client.wait(task, {waitMs: 20_000}), {
		state: 'expired',
		failure: {code: 'DEADLINE_EXCEEDED'},
	});
	const guest = await guestOf(cloud);
	t.is(guest.deadline, deadline);
	const end = await cloud.client.wait(guest.id, {waitMs: 20_000});
	t.true(['expired', 'cancelled'].includes(end.state), end.state);
});

test('what came from another area is handed on to none', async t => {
	const far = await area(t);
	const cloud = await area(t, {areas: {far: {url: far.url}}});
	const edge = await area(t, {area: 'edge', areas: {cloud: {url: cloud.url}}, spill: {patienceMs: 60_000}});
	for (const {client} of [cloud, edge]) {
		await client.deploy({name: 'square', language: 'javascript', code: square, policy: {spill: true}});
	}
	await Promise.all([fill(edge), fill(cloud)]);
	const {task} = await edge.client.submit('square', 5);
	const own = await cloud.client.submit('forever', null, {spill: true});

	await inState(cloud, own.task, 'running');
	const guests = await cloud.client.list({function: 'square'});
	t.is(guests.length, 1);
	t.like(guests[0], {state: 'queued', key: `edge.${task}.1`});
	t.deepEqual(await far.client.list({function: 'square'}), []);
	t.is(await cloud.spilled('taken'), 1);
});

test('a version is kept beside the one that is live there', async t => {
	const cloud = await area(t);
	const edge = await area(t, {areas: {cloud: {url: cloud.url}}});
	const theirs = await cloud.client.deploy({
		name: 'square',
		language: 'javascript',
		code: 'export default () => "theirs";',
	});
	const ours = await edge.client.deploy({
		name: 'square',
		language: 'typescript',
		code: square.replace('n =>', '(n: number) =>'),
	});
	await fill(edge);
	const {task} = await edge.client.submit('square', 4, {spill: true});

	await edge.client.wait(task, {waitMs: 20_000});
	t.is(await edge.client.result(task), 16);
	t.is((await cloud.client.function('square')).version, theirs.version);
	t.is((await cloud.client.invoke('square')).result, 'theirs');
	const kept = (await cloud.client.versions('square')).map(({version}) => version);
	t.deepEqual(kept.length, 2);
	for (const {version} of [theirs, ours]) t.true(kept.includes(version));
});

test('a task that runs elsewhere is shown as running, by a worker of that area', async t => {
	const cloud = await area(t);
	const edge = await area(t, {areas: {cloud: {url: cloud.url}}});
	await fill(edge);
	const {task} = await edge.client.submit('forever', null, {spill: true});
	await inState(edge, task, 'running');
	const shown = (await edge.client.workers()).find(({pool}) => pool === 'area-cloud');
	t.like(shown, {host: 'cloud', state: 'busy', busy: 1});
	t.true((await edge.client.audit()).balanced);
});
