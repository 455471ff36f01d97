import {readFileSync} from 'node:fs';
import test from 'ava';
import {parse} from 'yaml';
import {HappeningSchema} from '#contract/status.ts';
import {CancelReceiptSchema, StopSchema, SubmitOptionsSchema} from '#contract/task.ts';
import {names} from '#transport/topology.ts';

type Json = {readonly [key: string]: Json} & {readonly [key: number]: Json};

const text = readFileSync('docs/asyncapi.yaml', 'utf8');
const document = parse(text) as Json & {asyncapi: string};

test('the AsyncAPI document is of version 3 and every reference in it leads somewhere', t => {
	t.regex(document.asyncapi, /^3\./);
	const references = [...text.matchAll(/\$ref: '#\/([^']+)'/g)].map(match => match[1] ?? '');
	t.true(references.length > 5);
	for (const reference of references) t.truthy(at(reference.split('/')), reference);
});

test('its addresses are the ones that are declared', t => {
	const {tasks, events, dead} = names('warren');
	t.is(at(['channels', 'tasks', 'bindings', 'amqp', 'exchange', 'name']), tasks);
	t.is(at(['channels', 'cancels', 'bindings', 'amqp', 'exchange', 'name']), tasks);
	t.is(at(['channels', 'events', 'bindings', 'amqp', 'exchange', 'name']), events);
	t.is(at(['channels', 'deadLetters', 'address']), dead);
});

test('it names each header, each field of an event and of a receipt, and only fields that a failure has', t => {
	const headers = Object.keys(
		at(['components', 'messages', 'submission', 'headers', 'properties']) as object,
	);
	t.true(headers.length >= Object.keys(SubmitOptionsSchema.properties).length - 2);
	const event = Object.keys(at(['components', 'messages', 'happening', 'payload', 'properties']) as object);
	t.deepEqual(event.toSorted(), Object.keys(HappeningSchema.properties).toSorted());
	const failure = Object.keys(at(['components', 'schemas', 'failure', 'properties']) as object);
	t.deepEqual(failure.toSorted(), ['code', 'details', 'message', 'name', 'permanent', 'retryable', 'stack']);
	const receipt = at(['components', 'schemas', 'cancelReceipt', 'properties']) as Json;
	t.deepEqual(Object.keys(receipt), Object.keys(CancelReceiptSchema.properties));
	t.deepEqual(Object.keys(receipt.stop?.properties ?? {}), Object.keys(StopSchema.properties));
});

test('it names each header of a dead letter that the page of AMQP does', t => {
	const page = /## Dead letters\n(.+?)\n## /s.exec(readFileSync('docs/amqp.md', 'utf8'))?.[1] ?? '';
	const rows = page.split('\n').filter(line => line.startsWith('| `x-'));
	const told = rows.flatMap(row => row.split('|')[1]?.match(/x-warren-[a-z]+/g) ?? []);
	const headers = Object.keys(
		at(['components', 'messages', 'deadLetter', 'headers', 'properties']) as object,
	);
	t.deepEqual(headers.toSorted(), told.toSorted());
});

function at(path: readonly string[]): unknown {
	return path.reduce<unknown>((here, key) => (here as Json | undefined)?.[key], document);
}
