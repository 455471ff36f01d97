// The node's own OpenAPI document, read as what may be sent and what may come back.
import type {TSchema} from 'typebox';
import {type Check, checker} from '#contract/check.ts';

export type Json = {
	readonly $ref?: string;
	readonly type?: string;
	readonly enum?: readonly unknown[];
	readonly pattern?: string;
	readonly minimum?: number;
	readonly maximum?: number;
	readonly minLength?: number;
	readonly maxLength?: number;
	readonly properties?: Readonly<Record<string, Json>>;
	readonly patternProperties?: Readonly<Record<string, Json>>;
	readonly required?: readonly string[];
	readonly anyOf?: readonly Json[];
	readonly items?: Json;
};

type Content = Readonly<Record<string, {readonly schema: Json}>>;
export type Parameter = {
	readonly name: string;
	readonly in: 'query' | 'path' | 'header';
	readonly schema: Json;
};
type Described = {
	readonly operationId: string;
	readonly parameters?: readonly Parameter[];
	readonly requestBody?: {readonly content: Content};
	readonly responses: Readonly<Record<string, {readonly content?: Content}>>;
};
type Document = {
	readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
	readonly components: {readonly schemas: Readonly<Record<string, Json>>};
};

export type Operation = {
	readonly id: string;
	readonly method: string;
	readonly path: string;
	readonly parameters: readonly Parameter[];
	readonly body: Json | undefined;
	/** By status, then by content type. */
	readonly answers: ReadonlyMap<number, ReadonlyMap<string, Check<unknown>>>;
};

export async function readDocument(url: string): Promise<readonly Operation[]> {
	const document = (await (await fetch(`${url}/openapi.json`)).json()) as Document;
	const whole = (schema: Json): Json => resolved(schema, document.components.schemas);
	return Object.entries(document.paths).flatMap(([path, methods]) =>
		Object.entries(methods).map(([method, described]) => {
			const {operationId: id, parameters = [], requestBody, responses} = described;
			const [body] = Object.values(requestBody?.content ?? {});
			return {
				...{id, method: method.toUpperCase(), path},
				parameters: parameters.map(one => ({...one, schema: whole(one.schema)})),
				body: body && whole(body.schema),
				answers: new Map(
					Object.entries(responses).map(([status, {content}]) => [Number(status), checksOf(content, whole)]),
				),
			};
		}),
	);
}

function checksOf(content: Content = {}, whole: (schema: Json) => Json): Map<string, Check<unknown>> {
	return new Map(
		Object.entries(content).map(([type, {schema}]) => [type, checker(whole(schema) as TSchema)]),
	);
}

/** With every reference replaced by what it leads to. */
function resolved<T>(value: T, schemas: Readonly<Record<string, Json>>): T {
	if (Array.isArray(value)) return value.map(one => resolved<unknown>(one, schemas)) as T;
	if (value === null || typeof value !== 'object') return value;
	if ('$ref' in value) {
		const found = schemas[String(value.$ref).split('/').at(-1) ?? ''];
		if (!found) throw new Error(`${String(value.$ref)} leads nowhere`);
		return resolved(found, schemas) as T;
	}
	const entries = Object.entries(value).map(([name, one]) => [name, resolved<unknown>(one, schemas)]);
	return Object.fromEntries(entries) as T;
}
