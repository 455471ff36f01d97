// Versions that were built elsewhere.
import test from 'ava';
import type {Policy} from '#actors/policy.ts';
import {digestOf, PolicySchema} from '#contract/build.ts';
import {must, world} from '../runtime/world.ts';
import {area} from '../spill/world.ts';

const policy = {
	...{wallMs: 1000, cpuMs: 1000, memoryMb: 64, maxAttempts: 1, infraAttempts: 3},
	isolation: 'reuse',
	backoff: {baseMs: 1, factor: 1, maxMs: 1},
} as const;

/** A deployment of what another area has built. */
function built(text: string, named?: null) {
	const name = 'fib';
	const whole = {
		function: name,
		runtime: 'javascript',
		handler: 'default',
		policy,
		env: {A: 'b'},
		code: Buffer.from(text),
	} as const;
	const {handler, env} = whole;
	return {
		name,
		language: 'javascript',
		code: text,
		handler,
		policy,
		env,
		digest: digestOf(whole, named),
	} as const;
}

test('whatever a policy says is in the name of the version', t => {
	const other: Required<Policy> = {
		...{wallMs: 2, cpuMs: 2, memoryMb: 65, maxAttempts: 2, infraAttempts: 4, isolation: 'fresh'},
		backoff: {baseMs: 2, factor: 1, maxMs: 2},
		breaker: {crashes: 1, windowMs: 1},
		...{maxQueued: 1, concurrency: 1, pool: 'gpu', needs: ['gpu'], class: 'low', spill: true},
	};
	t.deepEqual(Object.keys(other).toSorted(), Object.keys(PolicySchema.properties).toSorted());
	const whole = {function: 'fib', runtime: 'javascript', handler: 'default', env: {}} as const;
	const nameOf = (more: Partial<Policy>) =>
		digestOf({...whole, policy: {...policy, ...more}, code: Buffer.from('1')});
	const named = Object.entries(other).map(([field, value]) => nameOf({[field]: value}));
	t.is(new Set([nameOf({}), ...named]).size, named.length + 1);
});

test('a version keeps the name that it is stored under', t => {
	t.is(
		built('module.exports = () => 1;').digest,
		'361bbd08577c90e899f8a67a64fbe0f0ae0366ddc9c7e17b22c31cded429e30f',
	);
	t.is(
		built('module.exports = () => 1;', null).digest,
		'd10cfe0ab070c6e1eeb2d06a07c2ece6601bcdb892c0d6c026e093d83c51ec21',
	);
});

test('it is taken as it is, under the name that it has, and live where nothing else is', async t => {
	const {server} = await world(t);
	const {api} = await server();
	const request = built('module.exports = () => 1;');
	const view = must(await api.deploy(request));
	t.like(view, {state: 'active', version: request.digest, number: 1});
	t.deepEqual(must(await api.deploy(request)), view, 'the same again');
});

test('where a version is live it is kept beside that, for those who ask for it by name', async t => {
	const {server} = await world(t);
	const node = await server();
	const live = await node.deploy('fib', {}, 'export default () => 2;');
	const request = built('module.exports = () => 1;');
	t.is(must(await node.api.deploy(request)).version, live);
	t.is(must(await node.api.deploy(request)).version, live, 'the same again');
	t.deepEqual(
		must(await node.api.versions('fib')).map(({version}) => version),
		[live, request.digest],
	);
	const one = {function: 'fib', input: Buffer.from('1'), door: 'api', asynchronous: true} as const;
	const [asked, plain] = await node.api.submit([{...one, options: {version: request.digest}}, one]);
	const versionOf = async (answer: typeof asked) =>
		answer?.ok ? must(await node.api.inspect(answer.value.task)).version : undefined;
	t.is(await versionOf(asked), request.digest);
	t.is(await versionOf(plain), live);
});

test('a version of 0.1.0, whose name left out that of its function, is taken under the name it has', async t => {
	const {server} = await world(t);
	const {api} = await server();
	const request = built('module.exports = () => 1;', null);
	t.not(request.digest, built('module.exports = () => 1;').digest);
	t.is(must(await api.deploy(request)).version, request.digest);
});

test('under another name than it has it is refused, and nothing is kept', async t => {
	const {server} = await world(t);
	const {api} = await server();
	const request = {...built('module.exports = () => 1;'), digest: 'a'.repeat(64)};
	t.like(await api.deploy(request), {ok: false, failure: {code: 'INVALID_INPUT'}});
	t.like(await api.function('fib'), {ok: false, failure: {code: 'FUNCTION_NOT_FOUND'}});
});

test('one that does not load leaves the live version, and its failure, as they are', async t => {
	const {client, warren} = await area(t);
	const code = 'export default () => 2;';
	const {version} = await client.deploy({name: 'fib', language: 'javascript', code});
	const failure = {code: 'BUILD_FAILED'};
	t.like(await warren.api.deploy(built('throw new Error("no")')), {ok: false, failure});
	t.like(await client.function('fib'), {state: 'active', version, failure: null});
	t.is((await client.versions('fib')).length, 1);
});
