import test from 'ava';
import {place, scaled} from './supervisors.ts';

const tasks = 1600;
const rule = {min: 0, max: 2, targetWaitMs: 1000, cooldown: {upMs: 0, downMs: 6000}};

test('a burst of tasks of 20 ms brings workers, one and then two, and when it is over they go', async t => {
	t.timeout(240_000);
	const {client, supervise} = await place(t, {autoscale: {default: rule}});
	supervise(0);
	await scaled(client, ({supervisors}) => supervisors.some(({wanted}) => wanted === 0));
	const code = 'export default ms => new Promise(resolve => setTimeout(resolve, ms, ms));';
	await client.deploy({name: 'nap', language: 'javascript', code});

	const ids: string[] = [];
	for await (const answer of client.submitMany(
		'nap',
		Array.from({length: tasks}, () => ({input: 20})),
	))
		ids.push(answer.ok ? answer.receipt.task : answer.failure.message);
	const two = await scaled(client, ({running}) => running === 2);
	t.is(two.workers, 2);
	for (const id of ids) t.is((await client.wait(id)).state, 'succeeded');

	const none = await scaled(client, ({workers, running, done}) => workers === 0 && running === 0 && done);
	t.like(none, {others: 0, supervisors: [{workers: []}]});
	const [explained] = await client.explainScale({pool: 'default'});
	t.like(explained, {pool: 'default', rule, leads: true, workers: 0, load: {idle: true}});
	const steps = explained?.decisions.toReversed() ?? [];
	const path = steps.map(({to}) => to).join(' ');
	t.true(['1 2 0', '1 2 1 0'].includes(path), path);
	t.regex(steps[0]?.why ?? '', /^\d+ wait, .*: needed 1$/);
	t.regex(steps.at(-1)?.why ?? '', /^nothing waits, runs or comes; \d there: enough 0 for 6s$/);
	t.deepEqual(await client.explainScale({pool: 'gpu'}), []);
});
