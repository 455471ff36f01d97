// Prints docs/rest.md from the REST door's own description; with `--check` it only compares.
import {madeBy, markdownTable, publish} from './page.ts';
import {type Operation, restPage, type Schema} from './restPage.ts';

const {tags, paths, components} = await restPage();

const operations = Object.entries(paths).flatMap(([path, methods]) =>
	Object.entries(methods).map(([method, operation]) => ({
		address: `${method.toUpperCase()} ${path}`,
		operation,
	})),
);

/** What every address answers alike is told once. */
const everywhere = new Set(['400', '401', '403', '408', '429', '431', '503']);
const refusedEverywhere = Object.entries(operations[0]?.operation.responses ?? {})
	.filter(([status]) => everywhere.has(status))
	.map(([status, {description}]) => [status, description]);

publish(
	'docs/rest.md',
	`# REST

${madeBy('docs-rest.ts', 'the schemas of src/contract and src/gateway')}

A node of the role \`server\` answers at http://127.0.0.1:7070 unless told otherwise. It shows this page at \`/docs\`,
and the same for machines at \`/openapi.json\` (OpenAPI 3.1; also docs/openapi.json).

\`\`\`sh
curl -s localhost:7070/v1/functions/hello/invoke -H 'content-type: application/json' -d '{"name": "Ada"}'
curl -si localhost:7070/v1/functions/hello/tasks -H 'content-type: application/json' -H 'idempotency-key: order-17' -d '{"name": "Ada"}'
curl -s 'localhost:7070/v1/tasks/01JABCDEFGHJKMNPQRSTVWXYZ0/result?wait=30s'
curl -sN localhost:7070/v1/events
\`\`\`

- Inputs and results are JSON texts and pass byte for byte. Bodies need \`content-type: application/json\`, in UTF-8;
  a task without a body has the input \`null\`.
- Times are milliseconds since the epoch; spans are written like \`30s\` or \`500ms\`.
- Every error is \`application/problem+json\` (RFC 9457); docs/errors.md lists the codes. 429 and 503 carry
  \`Retry-After\`.
- 202 means that the task is stored and will be finished, whatever dies. A second submission with the same
  \`Idempotency-Key\` gives the same task; with another input it is refused (\`KEY_REUSED\`).
- A task may run more than once (a worker can die while it runs); its outcome is taken once.
- Where a node asks for API keys (\`warren keys create\`; always where it does not listen on loopback, unless \`http.open\`
  is set), a request needs \`Authorization: Bearer wk_…\` with the scope that stands at its address. Without one that is
  known the answer is 401, without the scope 403, above the key's rate 429. A key that is revoked stops working within
  5 s; answers that it still waits for are cut off. \`/docs\` and \`/openapi.json\` need none.
- Requests that a browser makes for pages of another site are refused.
- A query with a name that an address does not know, or with one given twice, is refused.

Every address may answer these, beside what stands at it (401 and 429 only those that ask for a scope):

${markdownTable(['status', 'when'], refusedEverywhere)}

${tags.map(({name, description}) => chapter(name, description)).join('\n\n')}

## Schemas

${Object.entries(components.schemas)
	.map(([name, schema]) => schemaSection(name, schema))
	.join('\n\n')}
`,
);

function chapter(name: string, description: string): string {
	const own = operations.filter(({operation}) => operation.tags.includes(name));
	if (own.length === 0) throw new Error(`No address has the tag \`${name}\``);
	return [`## ${name[0]?.toUpperCase()}${name.slice(1)}`, `${description}.`, ...own.map(section)].join(
		'\n\n',
	);
}

function section({address, operation}: {address: string; operation: Operation}): string {
	const {summary, description, parameters = [], requestBody, responses, security} = operation;
	const given = parameters.map(({name, in: place, required, schema, description: says}) => [
		`\`${name}\``,
		required ? `${place}, needed` : place,
		typeOf(schema),
		says ?? schema.description ?? '',
	]);
	const own = Object.entries(responses).filter(([status]) => !everywhere.has(status));
	const answers = own.map(([status, {description: says, content}]) => {
		const [type, body] = Object.entries(content ?? {})[0] ?? [];
		const isJson = type?.endsWith('json') === true;
		return [status, isJson ? typeOf(body?.schema ?? {}) : `\`${type}\``, says];
	});
	const body = Object.values(requestBody?.content ?? {})[0]?.schema;
	return [
		`### \`${address}\``,
		`${sentence(summary)}${description === undefined ? '' : ` ${description}`}`,
		security.length > 0
			? `Scope: ${security
					.flatMap(one => one.key ?? [])
					.map(scope => `\`${scope}\``)
					.join(', ')}.`
			: 'Scope: none.',
		...(body ? [`Body: ${typeOf(body)}.`] : []),
		...(given.length > 0 ? [markdownTable(['name', 'in', 'type', 'meaning'], given)] : []),
		markdownTable(['status', 'body', 'when'], answers),
	].join('\n\n');
}

function sentence(text: string): string {
	return /[.?!]$/.test(text) ? text : `${text}.`;
}

function schemaSection(name: string, schema: Schema): string {
	const head = `### ${name}${schema.description === undefined ? '' : `\n\n${schema.description}.`}`;
	if (!schema.properties) return `${head}\n\n${typeOf(schema)}`;
	const rows = Object.entries(schema.properties).map(([property, one]) => [
		schema.required?.includes(property) ? `\`${property}\`` : `\`${property}?\``,
		typeOf(one),
		one.description ?? one.anyOf?.find(({description}) => description !== undefined)?.description ?? '',
	]);
	return `${head}\n\n${markdownTable(['member', 'type', 'meaning'], rows)}`;
}

function typeOf(schema: Schema): string {
	if (schema.$ref !== undefined) {
		const name = schema.$ref.split('/').at(-1) ?? '';
		return `[${name}](#${name.toLowerCase()})`;
	}
	if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ');
	if (schema.enum) return schema.enum.map(one => `\`${one}\``).join(', ');
	if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {})}`;
	if (schema.properties) return `{${Object.keys(schema.properties).join(', ')}}`;
	return schema.type ?? 'any JSON';
}
