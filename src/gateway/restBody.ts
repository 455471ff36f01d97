// How bodies come in. An input stays the text that was sent: it is checked once to be JSON and then
// handed on as bytes, never as what a parser made of it.
import type {FastifyInstance, FastifyRequest} from 'fastify';
import {jsonFlaw} from '#lib/jsonFlaw.ts';
import {invalid} from './restProblem.ts';

/** An absent body is this input. */
const nothing = Buffer.from('null');

/** Bodies of the routes of this plugin are JSON texts, as `Buffer`s. */
export function takeJsonText(app: FastifyInstance): void {
	app.removeAllContentTypeParsers();
	app.addContentTypeParser('application/json', {parseAs: 'buffer'}, (request, body: Buffer, done) => {
		const refusal = wrongForm(request);
		if (refusal) return done(invalid(refusal, 415));
		if (body.length === 0) return done(null, nothing);
		const flaw = jsonFlaw(body);
		return flaw === undefined ? done(null, body) : done(invalid(`The body is not valid JSON: ${flaw}`));
	});
}

/** Those of this type are lines, into which nobody looks here. */
export function takeLines(app: FastifyInstance, type: string): void {
	app.addContentTypeParser(type, {parseAs: 'buffer'}, (request, body: Buffer, done) => {
		const refusal = wrongForm(request);
		return refusal ? done(invalid(refusal, 415)) : done(null, new Lines(body));
	});
}

/** A body that came as lines: what it is was decided by who took it in, and by nobody's second look at a header. */
class Lines {
	readonly text: Buffer;

	constructor(text: Buffer) {
		this.text = text;
	}
}

/** Undefined: it came as something else. */
export const linesIn = ({body}: FastifyRequest): Buffer | undefined =>
	body instanceof Lines ? body.text : undefined;

/** Bodies of the routes of this plugin are values. */
export function takeJson(app: FastifyInstance): void {
	app.removeAllContentTypeParsers();
	app.addContentTypeParser('application/json', {parseAs: 'buffer'}, (request, body: Buffer, done) => {
		const refusal = wrongForm(request);
		if (refusal) return done(invalid(refusal, 415));
		const flaw = jsonFlaw(body);
		if (flaw !== undefined) return done(invalid(`The body is not valid JSON: ${flaw}`));
		return done(null, JSON.parse(body.toString('utf8')));
	});
}

/** The body as it came; a request without one means `null`. */
export const textOf = (request: FastifyRequest): Buffer =>
	Buffer.isBuffer(request.body) ? request.body : nothing;

function wrongForm({headers}: FastifyRequest): string | undefined {
	const encoding = headers['content-encoding'];
	if (encoding !== undefined && encoding !== 'identity') {
		return `Expected a body without \`Content-Encoding\`, got \`${encoding}\``;
	}
	const charset = /charset="?([^";]+)/i.exec(headers['content-type'] ?? '')?.[1];
	if (charset !== undefined && charset.toLowerCase() !== 'utf-8') {
		return `Expected the body in UTF-8, got \`charset=${charset}\``;
	}
	return undefined;
}
