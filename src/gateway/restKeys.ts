// Who may do what: every route asks for a scope or is open, and a request without a key that has the
// scope ends here, before its body is read.
import type {ServerResponse} from 'node:http';
import type {FastifyInstance} from 'fastify';
import {type Failure, fail} from '#actors/failure.ts';
import type {Access, Key, Keys, Scope} from '#keys/keys.ts';
import type {Metrics} from '#observe/observe.ts';
import {Refusal} from './restProblem.ts';

declare module 'fastify' {
	interface FastifySchema {
		/** What a request needs. */
		readonly scope?: Access;
	}
	interface FastifyContextConfig {
		readonly scope?: Access;
	}
}

/** The page under `/docs`, its files, and what it shows: the same for everybody, and public as it is. */
const page = /^\/(docs(\/|$)|openapi\.json$)/;

/** Before the routes: it looks on while they are made. @throws TypeError for one that says no scope */
export function scopeRoutes(app: FastifyInstance): void {
	app.addHook('onRoute', route => {
		const scope = route.schema?.scope ?? (page.test(route.url) ? 'open' : undefined);
		if (scope === undefined) {
			throw new TypeError(
				`Expected a \`scope\` in the schema of ${String(route.method)} ${route.url}, got none`,
			);
		}
		route.config = {...route.config, scope};
	});
}

type Use = {readonly key: Key; readonly scope: Scope; readonly response: ServerResponse};

/**
 * Lets through who has a key with the scope of the route.
 * @returns what cuts off those who are still being answered and whose key was revoked
 */
export function guard(app: FastifyInstance, keys: Keys, {refusedCalls}: Metrics): () => void {
	const open = new Set<Use>();
	app.addHook('onRequest', async (request, reply) => {
		// There is nothing at an address without a route, and that is no secret.
		const scope = request.is404 ? 'open' : request.routeOptions.config.scope;
		if (scope === 'open') return;
		const asked = admit(keys, scope, request.headers.authorization);
		if (!asked.ok) {
			const {failure, challenge, ...more} = asked;
			refusedCalls.inc({code: failure.code});
			if (challenge !== undefined) reply.header('www-authenticate', `Bearer realm="warren"${challenge}`);
			throw new Refusal(failure, more);
		}
		request.keyId = asked.key.id;
		const response = reply.raw;
		const use = {key: asked.key, scope: asked.scope, response};
		open.add(use);
		response.once('close', () => open.delete(use));
	});
	return () => {
		for (const {key, scope, response} of open) if (!keys.holds(key, scope)) response.destroy();
	};
}

type Asked =
	| {readonly ok: true; readonly key: Key; readonly scope: Scope}
	| {
			readonly ok: false;
			readonly failure: Failure;
			/** What `WWW-Authenticate` says beside the scheme (RFC 6750). */
			readonly challenge?: string;
			readonly retryAfterSeconds?: number;
	  };

const noKey = 'Expected an API key in the header `Authorization: Bearer …`, got none';
const unknownKey = 'There is no such API key; it may have been revoked';

/** @param scope undefined is nobody's */
function admit(keys: Keys, scope: Scope | undefined, header: string | undefined): Asked {
	const sent = /^bearer +(\S+)$/i.exec(header ?? '')?.[1];
	if (sent === undefined) return {ok: false, failure: fail('UNAUTHORIZED', noKey), challenge: ''};
	const key = keys.find(sent);
	if (!key) {
		return {ok: false, failure: fail('UNAUTHORIZED', unknownKey), challenge: ', error="invalid_token"'};
	}
	const waitMs = key.take();
	if (waitMs > 0) {
		const failure = fail('RATE_LIMITED', `The API key \`${key.id}\` may make ${key.rate} requests`);
		return {ok: false, failure, retryAfterSeconds: Math.ceil(waitMs / 1000)};
	}
	if (scope !== undefined && key.scopes.includes(scope)) return {ok: true, key, scope};
	const has = key.scopes.map(one => `\`${one}\``).join(', ');
	return {
		ok: false,
		failure: fail('FORBIDDEN', `This takes the scope \`${scope}\`; the API key \`${key.id}\` has ${has}`),
		challenge: `, error="insufficient_scope", scope="${scope}"`,
	};
}
