// The messages of one task, as they pass: docs/messages.md is printed from what this test records.
// With WARREN_UPDATE_DOCS=1 it writes the page, otherwise it compares.
import {readFile, writeFile} from 'node:fs/promises';
import test from 'ava';
import type {Outgoing} from '#transport/transport.ts';
import type {Sent} from './life.ts';
import {must, type World, world} from './world.ts';

const page = new URL('../../docs/messages.md', import.meta.url);

const intro = `# The messages of one task

Printed by \`test/runtime/messages.test.ts\` from a task that goes well, the first of its function on this worker, over AMQP, with somebody bound to \`warren.events\`. Ids are shortened (so the lengths of frames do not fit); heartbeats (key \`heartbeat.<worker>\`, to every server, once a second) are left out.

Actors have addresses: \`task/<id>\` and \`function/<name>\` live in a server, \`worker/<id>\` in its own process. A body is JSON, or a frame: one line of JSON, its length in front, and the raw bodies that it lists by size behind it.

`;

test('docs/messages.md shows what passes between task, function and worker', async t => {
	const all = await world(t);
	const {server, worker, line, names, quiet, record} = all;
	const node = await server({door: true, events: true});
	await node.deploy('fib');
	await worker({id: 'w1', act: run => run.succeed({of: run.input})});
	await line.declare({
		exchanges: [],
		queues: [
			{name: 'answers', type: 'classic', exclusive: true},
			{name: 'eye', type: 'classic', exclusive: true, bindings: [{exchange: names.events, key: 'task.#'}]},
		],
	});
	await quiet();
	const before = record.sent.length;
	const offered: Outgoing = {
		...{exchange: names.tasks, key: 'fib', body: Buffer.from('{"n": 7}')},
		properties: {messageId: 'k1', contentType: 'application/json', replyTo: 'answers', correlationId: 'c1'},
	};
	const published = await line.publish(offered);
	await quiet();
	const sent = [{...offered, by: 'producer', published}, ...record.sent.slice(before)];
	t.is(must(await node.api.list({}))[0]?.state, 'succeeded');
	const [task] = must(await node.api.list({}));
	const text = shorten(intro + sent.map((one, at) => print(all, one, at + 1)).join('\n'), {
		[task?.id ?? '']: '01J…',
		[task?.version ?? '']: '6ac6…',
	});
	if (process.env.WARREN_UPDATE_DOCS === '1') await writeFile(page, text);
	const written = await readFile(page, 'utf8').catch(() => '');
	t.is(written, text, 'run this test with WARREN_UPDATE_DOCS=1 to print the page anew');
});

function shorten(text: string, names: Readonly<Record<string, string>>): string {
	return Object.entries(names).reduce((shorter, [long, short]) => shorter.replaceAll(long, short), text);
}

function print(all: World, one: Sent, at: number): string {
	const [from, to, says] = describe(all, one);
	const {body, properties = {}} = one;
	const way =
		one.exchange === '' ? `queue \`${one.key}\`` : `exchange \`${one.exchange}\`, key \`${one.key}\``;
	const lines = [
		`## ${at}. ${from} → ${to}: ${says}`,
		'',
		`${way}; properties \`${JSON.stringify(properties)}\``,
		'',
		'```',
		bodyOf(body.toString()),
		'```',
		'',
	];
	return lines.join('\n');
}

/** A frame's code is not worth reading here. */
function bodyOf(text: string): string {
	const shown = text.length > 1000 ? `${text.slice(0, 1000)}…` : text;
	return shown.replace(/\0/g, '');
}

/** From whom, to whom, and what it is. */
function describe({names}: World, {by, exchange, key, properties}: Sent): [string, string, string] {
	const type = properties?.type ?? '';
	if (by === 'producer') return ['producer', 'any server', 'an input is offered'];
	if (exchange === names.events) return ['task/01J…', 'whoever is bound', `event ${type}`];
	if (exchange === names.control) return ['function/fib', `worker/${key.replace('worker.', '')}`, 'the code'];
	if (key === names.functions) return [`worker/${by}`, 'function/fib', 'which code is this?'];
	if (type === 'warren.work') return ['task/01J…', 'any worker of the pool', 'an attempt'];
	if (type === 'warren.outcomes') return [`worker/${by}`, 'task/01J…', 'how the attempt ended'];
	if (key === 'answers') return ['task/01J…', 'producer', 'the answer'];
	throw new Error(`A message that the page has no words for: ${by} to ${exchange} ${key} (${type})`);
}
