// Speaks TLS to the client and plain TCP to the broker: what a broker with certificates looks like
// from outside, without one.
import {readFile} from 'node:fs/promises';
import {connect} from 'node:net';
import {createServer} from 'node:tls';
import {portOf} from './ports.ts';
import {targetOf} from './proxy.ts';

export type TlsProxy = {
	/** The broker's URL as `amqps://`. */
	readonly url: string;
	/** The common name of the client's certificate, one for each connection made. */
	readonly clients: readonly string[];
	close(): Promise<void>;
};

/** The path of a PEM file in test/fixtures/tls. */
export const pem = (name: string): string => new URL(`../fixtures/tls/${name}.pem`, import.meta.url).pathname;

/** Asks every client for a certificate of the test authority, as a careful broker does. */
export async function openTlsProxy(url: string): Promise<TlsProxy> {
	const [cert, key, ca] = await Promise.all(
		['broker', 'broker-key', 'authority'].map(name => readFile(pem(name))),
	);
	const clients: string[] = [];
	const server = createServer({cert, key, ca, requestCert: true, rejectUnauthorized: true}, client => {
		clients.push(String(client.getPeerCertificate().subject.CN));
		const broker = connect(targetOf(url));
		client.pipe(broker).pipe(client);
		client.on('error', () => broker.destroy());
		broker.on('error', () => client.destroy());
	});
	// A client that is refused, or that refuses us, ends its own connection alone.
	server.on('tlsClientError', () => {});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	const secure = new URL(url.replace(/^amqps?:/, 'amqps:'));
	secure.hostname = 'localhost';
	secure.port = `${portOf(server)}`;
	return {
		url: secure.href,
		clients,
		close: () => new Promise(resolve => server.close(() => resolve())),
	};
}
