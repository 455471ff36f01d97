// What stands in the query of an address comes as text. Every name must be known and every value must
// read as what it should be: a misspelt `wiat` that nobody minds is worse than a refusal.
import type {TSchema} from 'typebox';
import {checker} from '#contract/check.ts';
import {invalid, type Refusal} from './restProblem.ts';

type Read = (query: unknown) => {value: unknown} | {error: Refusal};
type Property = {readonly type?: string};

/** Reads queries by a schema of strings, enums, integers and booleans. */
export function queryReader(schema: TSchema): Read {
	const check = checker(schema);
	const known = 'properties' in schema ? (schema.properties as Record<string, Property>) : {};
	const names = Object.keys(known).map(name => `\`${name}\``);
	const takes = names.length > 0 ? `only ${names.join(', ')}` : 'none';
	return query => {
		const read: Record<string, unknown> = {};
		for (const [name, text] of Object.entries(query as Record<string, string | string[]>)) {
			const property = Object.hasOwn(known, name) ? known[name] : undefined;
			if (!property) return refuse(`there is no \`${name}\` here, this address takes ${takes}`);
			if (typeof text !== 'string') return refuse(`\`${name}\` was given ${text.length} times`);
			read[name] = readValue(property, text);
		}
		const checked = check(read);
		return checked.ok ? {value: checked.value} : refuse(checked.why.replace(/^`\/(\w+)`/, '`$1`'));
	};
}

const refuse = (why: string) => ({error: invalid(`The query is not valid: ${why}`)});

/** Text that is not what it should be stays text, so that the check refuses it as what it is. */
function readValue({type}: Property, text: string): unknown {
	if (type === 'integer' && /^-?\d{1,15}$/.test(text)) return Number(text);
	if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
	return text;
}
