// What a submission may say beside its input, in headers. The AMQP door takes the same from
// properties and headers; the schema of both is the contract's.
import type {IncomingHttpHeaders} from 'node:http';
import Type from 'typebox';
import {checker} from '#contract/check.ts';
import {type SubmitOptions, SubmitOptionsSchema} from '#contract/task.ts';
import {invalid} from './restProblem.ts';

const check = checker(SubmitOptionsSchema);
const properties = SubmitOptionsSchema.properties;

type Option = {
	readonly name: keyof SubmitOptions;
	readonly shown: string;
	readonly is: 'text' | 'number' | 'flag';
};

const options: Record<string, Option> = {
	'idempotency-key': {name: 'key', shown: 'Idempotency-Key', is: 'text'},
	'warren-version': {name: 'version', shown: 'Warren-Version', is: 'text'},
	'warren-timeout-ms': {name: 'timeoutMs', shown: 'Warren-Timeout-Ms', is: 'number'},
	'warren-expires-in-ms': {name: 'expiresInMs', shown: 'Warren-Expires-In-Ms', is: 'number'},
	'warren-deadline': {name: 'deadline', shown: 'Warren-Deadline', is: 'number'},
	'warren-max-attempts': {name: 'maxAttempts', shown: 'Warren-Max-Attempts', is: 'number'},
	'warren-class': {name: 'class', shown: 'Warren-Class', is: 'text'},
	'warren-spill': {name: 'spill', shown: 'Warren-Spill', is: 'flag'},
};

/** W3C Trace Context: a header that is not valid is to be left out, not refused. */
const traceparent = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}/;

/** The headers as the API page shows them. */
export const OptionHeadersSchema = Type.Object({
	...Object.fromEntries(
		Object.values(options).map(({name, shown}) => [shown, Type.Optional(properties[name])]),
	),
	traceparent: Type.Optional(properties.trace),
});

/** Those that hold for chunks: a key would be the same for all of them, and other areas may not know what they are. */
export const ChunkHeadersSchema = Type.Omit(OptionHeadersSchema, ['Idempotency-Key', 'Warren-Spill']);

/**
 * Reads the options from a request's headers; undefined where there are none.
 * @throws Refusal that names the header, what was expected and what came
 */
export function optionsOf(headers: IncomingHttpHeaders): SubmitOptions | undefined {
	const found: Record<string, string | number | boolean> = {};
	for (const header in headers) {
		const option = options[header];
		if (option) found[option.name] = read(option, String(headers[header]));
		else if (header.startsWith('warren-')) throw invalid(unknown(header));
	}
	const trace = headers.traceparent;
	if (typeof trace === 'string' && traceparent.test(trace)) found.trace = trace.slice(0, 128);
	if (isEmpty(found)) return undefined;
	const checked = check(found);
	if (checked.ok) return checked.value;
	throw invalid(`The header ${inHeaders(checked.why)}`);
}

function isEmpty(found: object): boolean {
	for (const _ in found) return false;
	return true;
}

/** Text that is no number, or no flag, stays text, so that the check refuses it as what it is. */
function read({is}: Option, text: string): string | number | boolean {
	if (is === 'number' && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
	return is === 'flag' && /^(true|false)$/.test(text) ? text === 'true' : text;
}

function inHeaders(why: string): string {
	return why.replace(/^`\/(\w+)`/, (whole, name) => {
		const option = Object.values(options).find(one => one.name === name);
		return option ? `\`${option.shown}\`` : whole;
	});
}

function unknown(header: string): string {
	const known = Object.values(options)
		.map(({shown}) => `\`${shown}\``)
		.join(', ');
	return `There is no header \`${header}\`; those of Warren are ${known}`;
}
