// Where the broker is and how to log in. The password leaves this file in one direction only.
import {readFile} from 'node:fs/promises';
import type {Options, SocketOptions} from 'amqplib';

export type Security = {
	/** Paths of PEM files: who may sign the broker's certificate, and who we are. */
	readonly ca?: string;
	readonly cert?: string;
	readonly key?: string;
};

export type Address = {
	readonly connect: Options.Connect;
	readonly socket: SocketOptions;
	/** The URL without its password, for logs and errors. */
	readonly shown: string;
};

/** Seconds of silence after which either side asks whether the other is alive; twice that is dead. */
const heartbeatS = 5;
/** How long the broker may take to answer the handshake, ms. */
const handshakeMs = 10_000;

/** Hides all that stands before the `@` but the user's name; works on texts that are no valid URL too. */
export function redact(url: string): string {
	return url.replace(/\/\/([^:@/]*)(?::.*)?@/, (_, user: string) => `//${user}:***@`);
}

/**
 * Reads the URL and the certificates.
 * @throws TypeError that says what is wrong with the URL, without its password; Error for a PEM file
 */
export async function readAddress(url: string, name: string, security: Security = {}): Promise<Address> {
	const parsed = parse(url);
	const secure = parsed.protocol === 'amqps:';
	if (!secure && (security.ca ?? security.cert ?? security.key)) {
		throw new TypeError(`Certificates need an amqps:// URL, got ${redact(url)}`);
	}
	if ((security.cert === undefined) !== (security.key === undefined)) {
		throw new TypeError('A client certificate needs both `cert` and `key`, got one of them');
	}
	return {
		connect: {
			protocol: secure ? 'amqps' : 'amqp',
			hostname: parsed.hostname.replace(/^\[|\]$/g, ''),
			port: parsed.port === '' ? (secure ? 5671 : 5672) : Number(parsed.port),
			username: decodeURIComponent(parsed.username) || 'guest',
			password: decodeURIComponent(parsed.password) || (parsed.username === '' ? 'guest' : ''),
			// Still escaped: amqplib takes it so. Without a path it is the default one.
			vhost: parsed.pathname.slice(1) || '/',
			heartbeat: Number(parsed.searchParams.get('heartbeat') ?? heartbeatS),
		},
		socket: {
			// Nagle's algorithm would hold every small frame back for 40 ms.
			noDelay: true,
			timeout: handshakeMs,
			clientProperties: {connection_name: name, product: 'warren'},
			...(await readPems(security)),
		},
		shown: redact(url),
	};
}

function parse(url: string): URL {
	const parsed = URL.canParse(url) ? new URL(url) : undefined;
	if (!parsed || !/^amqps?:$/.test(parsed.protocol) || parsed.hostname === '') {
		throw new TypeError(`Expected a URL like amqp://user:password@host:5672/vhost, got ${redact(url)}`);
	}
	for (const [parameter, value] of parsed.searchParams) {
		if (parameter === 'heartbeat' && /^[1-9]\d{0,3}$/.test(value)) continue;
		throw new TypeError(
			`Expected the broker's URL to have no parameter but \`heartbeat\` (seconds), got \`${parameter}\``,
		);
	}
	return parsed;
}

async function readPems(security: Security): Promise<Record<string, Buffer>> {
	const pems: Record<string, Buffer> = {};
	for (const part of ['ca', 'cert', 'key'] as const) {
		const path = security[part];
		if (path === undefined) continue;
		pems[part] = await readFile(path).catch((cause: unknown) => {
			throw new Error(`Could not read the PEM file \`${path}\` (${part}) for the broker`, {cause});
		});
	}
	return pems;
}
