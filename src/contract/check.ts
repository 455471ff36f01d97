import type {Static, TSchema} from 'typebox';
import {Compile} from 'typebox/compile';

/** Says what is wrong with a value, or that nothing is. */
export type Check<T> = (
	value: unknown,
) => {readonly ok: true; readonly value: T} | {readonly ok: false; readonly why: string};

/**
 * Compiles a schema into a check. `why` names the place, what was expected and what came:
 * "`/policy/wallMs` must be >= 1, got 0".
 */
export function checker<S extends TSchema>(schema: S): Check<Static<S>> {
	const compiled = Compile(schema);
	return value => {
		if (compiled.Check(value)) return {ok: true, value: value as Static<S>};
		return {ok: false, why: describe(compiled.Errors(value), value, schema)};
	};
}

type Complaint = {
	keyword: string;
	schemaPath: string;
	instancePath: string;
	message: string;
	params?: object;
};

function describe(errors: readonly Complaint[], value: unknown, schema: TSchema): string {
	// Every unknown property is told twice: as `boolean` for itself and as `additionalProperties` for its parent.
	const first = errors.find(error => error.keyword !== 'boolean') ?? errors[0];
	if (!first) return 'not valid';
	const extra = (first.params as {additionalProperties?: string[]} | undefined)?.additionalProperties;
	const place = first.instancePath === '' ? 'the value' : `\`${first.instancePath}\``;
	if (extra?.length) return `${place} must not have \`${extra.join('`, `')}\``;
	// What is given to a function as its variables may be secret, and an error is read by many.
	const got = /\/env\b/.test(first.instancePath) ? 'something else' : show(at(value, first.instancePath));
	return `${place} ${expected(first, schema)}, got ${got}`;
}

/** A pattern is said in the words of its schema, where it has some: few people read expressions. */
function expected({keyword, schemaPath, message}: Complaint, schema: TSchema): string {
	const about = keyword === 'pattern' ? at(schema, schemaPath) : undefined;
	const says = (about as {description?: string} | undefined)?.description;
	return says === undefined ? message : `must be ${says.charAt(0).toLowerCase()}${says.slice(1)}`;
}

function at(value: unknown, pointer: string): unknown {
	let here = value;
	for (const part of pointer.split('/').slice(1)) {
		const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
		here = here === null || typeof here !== 'object' ? undefined : (here as Record<string, unknown>)[key];
	}
	return here;
}

const longestShown = 80;

function show(value: unknown): string {
	const text = JSON.stringify(value) ?? 'nothing';
	return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}
