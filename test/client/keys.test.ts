import test from 'ava';
import {fail} from '#actors/failure.ts';
import {createClient} from '#client/client.ts';
import {WarrenError} from '#client/error.ts';
import {problemType} from '#contract/problem.ts';

const problem = {
	type: 'urn:warren:RATE_LIMITED',
	title: 'x',
	status: 429,
	code: 'RATE_LIMITED',
	detail: fail('RATE_LIMITED').message,
	retryable: true,
};

/** A client whose calls are answered by these, in their order; the last one again and again. */
function answered(...answers: (() => Response)[]) {
	const sent: Headers[] = [];
	const client = createClient({
		url: 'http://warren.example',
		key: 'wk_a_b',
		fetch: async (_, init) => {
			sent.push(new Headers(init?.headers));
			const [answer] = answers.length > 1 ? answers.splice(0, 1) : answers;
			if (!answer) throw new Error('no answer was given');
			return answer();
		},
	});
	return {client, sent};
}

const busy = (seconds: string) => () =>
	new Response(JSON.stringify(problem), {
		status: 429,
		headers: {'retry-after': seconds, 'content-type': problemType},
	});
const fine = (body: unknown) => () => new Response(JSON.stringify(body));

test('the key goes with every call', async t => {
	const {client, sent} = answered(fine({functions: [], answers: [], workers: []}));
	await client.functions();
	await client.submit('f', 1);
	await client.deploy({name: 'f', language: 'javascript', code: ''});
	for await (const _ of client.submitMany('f', [{input: 1}])) t.fail();
	for await (const _ of client.events()) t.fail();
	await client.missing();
	t.is(sent.length, 6);
	for (const headers of sent) t.is(headers.get('authorization'), 'Bearer wk_a_b');
});

test('a call above the rate rests as long as it is told, and is made again if that is safe', async t => {
	const {client, sent} = answered(busy('0'), busy('0'), fine({functions: []}));
	t.deepEqual(await client.functions(), []);
	t.is(sent.length, 3);
	const once = answered(busy('0'));
	const refused = await t.throwsAsync(once.client.submit('f', 1), {instanceOf: WarrenError});
	t.like(refused, {status: 429, failure: {code: 'RATE_LIMITED', retryable: true}});
	t.is(once.sent.length, 1);
});

test('a rest that is too long to wait for is told at once', async t => {
	const {client, sent} = answered(busy('60'));
	await t.throwsAsync(client.functions(), {instanceOf: WarrenError, message: /more requests than it may/});
	t.is(sent.length, 1);
});
