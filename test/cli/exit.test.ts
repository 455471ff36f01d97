import test from 'ava';
import {exitCodes, explain} from '#cli/exit.ts';
import type {Terminal} from '#cli/terminal.ts';
import {systemClock} from '#lib/clock.ts';
import {unavailable} from '#store/unavailable.ts';
import {TransportDown} from '#transport/transport.ts';

function told(error: unknown, json = false) {
	const said: string[] = [];
	const terminal: Terminal = {
		...{print() {}, sketch() {}, read: async () => Buffer.alloc(0), watched: false, env: {}, cwd: '/'},
		...{clock: systemClock, columns: undefined, me: 'warren'},
		say: text => void said.push(text),
	};
	return {code: explain(error, terminal, json), said: said.join('\n')};
}

test('a broker that is out of reach is one sentence, what to look at, and a code of its own', t => {
	const {code, said} = told(new TransportDown('The connection to amqp://b is out of reach: ECONNREFUSED'));
	t.is(code, exitCodes.unreachable.code);
	t.is(
		said,
		'warren: The connection to amqp://b is out of reach: ECONNREFUSED\n' +
			'  Does it run there? --broker or WARREN_BROKER_URL gives its address; `warren config` shows what is in force.',
	);
});

test('a store that can not be used says itself what to do', t => {
	const {code, said} = told(unavailable('The store (postgres://h/w) is away (ECONNREFUSED): start it'));
	t.is(code, exitCodes.unreachable.code);
	t.is(said, 'warren: The store (postgres://h/w) is away (ECONNREFUSED): start it');
});

test('a bug of ours is told as one, in JSON too', t => {
	const {code, said} = told(new Error('no such thing'), true);
	t.is(code, exitCodes.internal.code);
	t.deepEqual(JSON.parse(said), {error: {message: 'no such thing'}});
});
