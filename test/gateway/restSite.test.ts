import test from 'ava';
import {siteTrouble} from '#gateway/restSite.ts';

const here = '127.0.0.1';

test('programs and pages of the node itself are answered', t => {
	t.is(siteTrouble({host: '127.0.0.1:7070'}, 'POST', here), undefined);
	t.is(siteTrouble({host: 'localhost:7070', origin: 'http://localhost:7070'}, 'POST', here), undefined);
	t.is(siteTrouble({host: '[::1]:7070', 'sec-fetch-site': 'same-origin'}, 'POST', '::1'), undefined);
});

test('a page of another site may look, and may do nothing', t => {
	const origin = 'http://evil.example';
	t.is(siteTrouble({host: 'warren.example', origin}, 'GET', '0.0.0.0'), undefined);
	for (const headers of [{origin}, {origin: 'null'}, {'sec-fetch-site': 'cross-site'}] as const) {
		t.regex(siteTrouble({host: 'warren.example', ...headers}, 'POST', '0.0.0.0') ?? '', /another site/);
	}
});

test('on loopback a name of somebody else is not answered to, whatever the page claims', t => {
	const headers = {host: 'evil.example', origin: 'http://evil.example', 'sec-fetch-site': 'same-origin'};
	t.regex(siteTrouble(headers, 'GET', here) ?? '', /does not answer to the name `evil\.example`/);
	t.regex(siteTrouble({host: '127.0.0.1.evil.example'}, 'POST', 'localhost') ?? '', /does not answer/);
	t.is(siteTrouble({host: 'warren.example'}, 'POST', '10.0.0.1'), undefined);
});
