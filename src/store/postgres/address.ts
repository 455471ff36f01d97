// `store.url` as people write it: a PostgreSQL URL with all that its driver understands (`sslmode`,
// `sslrootcert`, a socket's folder as `host`), and one word of ours: `schema`, so that several
// installations can share a database.
import type {ClientConfig} from 'pg';
import {parseIntoClientConfig} from 'pg-connection-string';

export type Address = {
	readonly client: ClientConfig;
	readonly schema: string;
	/** Where it is, for people: no user, no password. */
	readonly shown: string;
};

const schemaPattern = /^[a-z_][a-z0-9_]{0,62}$/;
const defaultSchema = 'warren';

/** @throws TypeError for a URL that the driver can't read, or a schema that is no plain name */
export function parseAddress(url: string): Address {
	const {own, rest} = takeSchema(url);
	const schema = own ?? defaultSchema;
	if (!schemaPattern.test(schema)) {
		throw new TypeError(
			`Expected \`schema\` in \`store.url\` to be a name of a to z, 0 to 9 and _, got \`${schema}\``,
		);
	}
	if (/[?&]password=/.test(rest)) {
		// Everything that shows a URL hides what is between the name and the @.
		throw new TypeError('Expected the password in `store.url` to stand before the @, got it as a parameter');
	}
	const client = parse(rest);
	const host = client.host || 'localhost';
	const port = client.port ?? 5432;
	const at = host.startsWith('/') ? `the socket in ${host}, port ${port}` : `${host}:${port}`;
	return {client, schema, shown: `schema ${schema} of ${client.database ?? 'the default database'} at ${at}`};
}

function parse(url: string): ClientConfig {
	try {
		return parseIntoClientConfig(url);
	} catch (error) {
		// The driver's message may hold the URL, and with it the password.
		const why = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
		throw new TypeError(
			`Expected \`store.url\` to be like \`postgres://user:password@host:5432/database\`; it can't be read${why}`,
		);
	}
}

function takeSchema(url: string): {own: string | undefined; rest: string} {
	const [base = '', query = ''] = url.split(/\?(.*)/s);
	const others: string[] = [];
	let own: string | undefined;
	for (const part of query.split('&').filter(Boolean)) {
		if (part.startsWith('schema=')) own = decodeURIComponent(part.slice('schema='.length));
		else others.push(part);
	}
	return {own, rest: others.length > 0 ? `${base}?${others.join('&')}` : base};
}
