// Bytes for a port where HTTP is spoken, which are not quite that.
import fc from 'fast-check';

const host = 'Host: 127.0.0.1\r\n';
const json = 'Content-Type: application/json\r\n';

const known = [
	'GET /healthz\r\n\r\n',
	`GET /healthz HTTP/9.9\r\n${host}\r\n`,
	'GET /healthz HTTP/1.1\r\n\r\n',
	'GET /healthz HTTP/1.0\r\n\r\n',
	`GET /healthz HTTP/1.1\n${host}\n`,
	`GET  /healthz  HTTP/1.1\r\n${host}\r\n`,
	`get /healthz HTTP/1.1\r\n${host}\r\n`,
	`GET healthz HTTP/1.1\r\n${host}\r\n`,
	`GET http://evil.example/healthz HTTP/1.1\r\n${host}\r\n`,
	`GET /healthz HTTP/1.1\r\n${host}${host}\r\n`,
	`GET /healthz HTTP/1.1\r\nHost : 127.0.0.1\r\n\r\n`,
	`GET /healthz HTTP/1.1\r\n${host}No colon\r\n\r\n`,
	`GET /healthz HTTP/1.1\r\n${host}A: b\r\n folded\r\n\r\n`,
	`GET /healthz HTTP/1.1\r\n${host}A: \0\r\n\r\n`,
	`GET /healthz HTTP/1.1\r\n${host}: empty\r\n\r\n`,
	`GET /${'x'.repeat(20_000)} HTTP/1.1\r\n${host}\r\n`,
	`GET /healthz?${'x'.repeat(15_000)} HTTP/1.1\r\n${host}\r\n`,
	`GET /healthz HTTP/1.1\r\n${host}${'A: b\r\n'.repeat(3000)}\r\n`,
	`OPTIONS * HTTP/1.1\r\n${host}\r\n`,
	`CONNECT evil.example:443 HTTP/1.1\r\n${host}\r\n`,
	`TRACE / HTTP/1.1\r\n${host}\r\n`,
	'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
	`POST /v1/functions/echo/invoke HTTP/1.1\r\n${host}${json}Content-Length: -1\r\n\r\n1`,
	`POST /v1/functions/echo/invoke HTTP/1.1\r\n${host}${json}Content-Length: 1, 1\r\n\r\n1`,
	`POST /v1/functions/echo/invoke HTTP/1.1\r\n${host}${json}Content-Length: 1\r\nContent-Length: 2\r\n\r\n1`,
	`POST /v1/functions/echo/invoke HTTP/1.1\r\n${host}${json}Content-Length: 99999999999999999999\r\n\r\n1`,
	`POST /v1/functions/echo/invoke HTTP/1.1\r\n${host}${json}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
	`POST /v1/functions/echo/invoke HTTP/1.1\r\n${host}${json}Transfer-Encoding: gzip\r\n\r\n1`,
	`POST /v1/functions/echo/invoke HTTP/1.1\r\n${host}${json}Transfer-Encoding: chunked\r\n\r\nzz\r\n1\r\n0\r\n\r\n`,
	`POST /v1/functions/echo/invoke HTTP/1.1\r\n${host}${json}Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n1\r\n`,
	`POST /v1/functions/echo/invoke HTTP/1.1\r\n${host}${json}Transfer-Encoding: xchunked\r\n\r\n1\r\n1\r\n0\r\n\r\n`,
	`POST /v1/functions/echo/invoke HTTP/1.1\r\n${host}${json}Transfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(20_000)}\r\n1\r\n0\r\n\r\n`,
	`GET /healthz HTTP/1.1\r\n${host}\r\nGET /v1/nothing HTTP/1.1\r\n${host}\r\n`,
	`GET /healthz HTTP/1.1\r\n${host}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
	'\r\n\r\n\r\n',
	'HELLO\r\n\r\n',
	'\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
	'AMQP\0\0\x09\x01',
];

const whole = fc.constantFrom(...known).map(text => Buffer.from(text, 'latin1'));
const position = fc.nat({max: 1_000_000});

/** The same with a byte changed, taken out or put in. */
const spoilt = fc
	.tuple(
		whole,
		position,
		fc.constantFrom('change', 'cut', 'insert', 'end'),
		fc.uint8Array({minLength: 1, maxLength: 4}),
	)
	.map(([bytes, where, how, put]) => {
		const at = where % bytes.length;
		if (how === 'end') return bytes.subarray(0, at + 1);
		const rest = bytes.subarray(how === 'insert' ? at : at + 1);
		return Buffer.concat([bytes.subarray(0, at), how === 'cut' ? Buffer.alloc(0) : put, rest]);
	});

export const noise: fc.Arbitrary<Buffer> = fc.oneof(
	{weight: 3, arbitrary: whole},
	{weight: 6, arbitrary: spoilt},
	{weight: 1, arbitrary: fc.uint8Array({minLength: 1, maxLength: 300}).map(list => Buffer.from(list))},
);
