import test, {type ExecutionContext} from 'ava';
import {openTransport} from '#transport/open.ts';
import {TransportDown} from '#transport/transport.ts';
import {testAmbient} from '../harness/ambient.ts';
import {prefix, rabbit} from '../harness/rabbit.ts';
import {openTlsProxy, pem} from '../harness/tlsProxy.ts';

async function openSecure(t: ExecutionContext) {
	const {url} = await rabbit();
	const proxy = await openTlsProxy(url);
	t.teardown(() => proxy.close());
	const open = (security: {ca?: string; cert?: string; key?: string}) =>
		openTransport(testAmbient(), {url: proxy.url, name: prefix(), patienceMs: 6000, ...security});
	return {proxy, open};
}

test('amqps works with an authority and a client certificate of our own', async t => {
	const {proxy, open} = await openSecure(t);

	const transport = await open({ca: pem('authority'), cert: pem('client'), key: pem('client-key')});
	const depth = await transport.depth('no such queue');
	await transport.stop();

	t.is(depth, undefined);
	t.deepEqual(new Set(proxy.clients), new Set(['client']));
});

test('a broker whose certificate our authority did not sign is refused, with the reason', async t => {
	const {open} = await openSecure(t);

	const opened = open({ca: pem('stranger'), cert: pem('client'), key: pem('client-key')});

	await t.throwsAsync(opened, {instanceOf: TransportDown, message: /certificate/});
});

test('a missing PEM file, half a client certificate and certificates without TLS are refused by name', async t => {
	const {proxy, open} = await openSecure(t);
	const plain = proxy.url.replace('amqps:', 'amqp:');

	await t.throwsAsync(open({ca: '/nowhere/ca.pem'}), {message: /PEM file `\/nowhere\/ca.pem` \(ca\)/});
	await t.throwsAsync(open({cert: pem('client')}), {instanceOf: TypeError, message: /both `cert` and `key`/});
	await t.throwsAsync(openTransport(testAmbient(), {url: plain, name: 'x', ca: pem('authority')}), {
		instanceOf: TypeError,
		message: /Certificates need an amqps:\/\/ URL/,
	});
});

test('a URL that is none is refused without telling its password', async t => {
	const bad = [
		'amqp://user:se/cret@host',
		'amqp:nonsense',
		'amqp://user:secret@',
		'amqp://user:secret@host?frameMax=1',
		'amqp://user:secret@host?heartbeat=soon',
		'http://user:secret@host',
	];
	for (const url of bad) {
		const error = await t.throwsAsync(openTransport(testAmbient(), {url, name: 'x'}), {
			instanceOf: TypeError,
		});
		t.notRegex(error.message, /se\/?cret/);
	}
});

test('a window that is no positive number is refused', async t => {
	const opened = openTransport(testAmbient(), {url: 'amqp://host', name: 'x', window: 0});

	await t.throwsAsync(opened, {instanceOf: TypeError, message: /`window`.*`0`/});
});

test('a wrong password is said at once, without the password', async t => {
	const url = new URL((await rabbit()).url);
	url.password = 'not-the-secret';
	const ambient = testAmbient();

	const error = await t.throwsAsync(openTransport(ambient, {url: url.href, name: prefix()}), {
		instanceOf: TransportDown,
		message: /ACCESS[_-]REFUSED/,
	});

	t.false(JSON.stringify([error.message, error.stack, ambient.lines]).includes('not-the-secret'));
});

test('a vhost that does not exist is said at once', async t => {
	const url = new URL((await rabbit()).url);
	url.pathname = '/no%2Fsuch';

	await t.throwsAsync(openTransport(testAmbient(), {url: url.href, name: prefix()}), {
		instanceOf: TransportDown,
		message: /no%2Fsuch is refused: does its virtual host exist/,
	});
});

test('a broker that is not there is out of reach after the patience, with the reason', async t => {
	const opened = openTransport(testAmbient(), {
		url: 'amqp://user:secret@127.0.0.1:1',
		name: 'x',
		patienceMs: 3000,
	});

	const error = await t.throwsAsync(opened, {instanceOf: TransportDown, message: /ECONNREFUSED/});

	t.true(error.message.includes('amqp://user:***@127.0.0.1:1'), error.message);
	t.false(error.message.includes('secret'));
});
