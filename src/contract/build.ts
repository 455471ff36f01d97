// A version as it travels: to workers (in parts, digest checked) and to executors. A frame whose
// bodies are the code and its source map.
import {createHash} from 'node:crypto';
import Type, {type Static} from 'typebox';
import {classes, mostTags} from '#actors/lane.ts';
import {checker} from './check.ts';
import {PoolNameSchema, TagSchema} from './names.ts';

export const PolicySchema = Type.Object(
	{
		wallMs: Type.Number({
			minimum: 1,
			maximum: 20 * 60_000,
			description: 'Wall-clock time of one attempt, ms',
		}),
		cpuMs: Type.Number({minimum: 1, maximum: 20 * 60_000, description: 'CPU time of one attempt, ms'}),
		memoryMb: Type.Number({minimum: 8, maximum: 4096, description: 'Heap of one sandbox, MiB'}),
		maxAttempts: Type.Integer({
			minimum: 1,
			maximum: 100,
			description: 'Charged attempts before a failure of the function is final',
		}),
		infraAttempts: Type.Integer({
			minimum: 1,
			maximum: 100,
			description:
				'Attempts before a failure of Warren itself (`INTERNAL`) is final; a crash (`CRASHED`) is tried as often at ' +
				'least. What a lost worker had in hand is not counted',
		}),
		backoff: Type.Object({
			baseMs: Type.Number({minimum: 0}),
			factor: Type.Number({minimum: 1, maximum: 100}),
			maxMs: Type.Number({minimum: 0}),
		}),
		isolation: Type.Enum(['reuse', 'fresh'] as const),
		breaker: Type.Optional(
			Type.Object(
				{
					crashes: Type.Integer({minimum: 0, maximum: 1000, description: '0: never'}),
					windowMs: Type.Number({minimum: 1}),
				},
				{
					description:
						"So many executors that die within the window pause the function; the node's own rule without it",
				},
			),
		),
		maxQueued: Type.Optional(
			Type.Integer({
				minimum: 1,
				description:
					'Of its tasks that wait for a worker or run, at once; more are refused. Of several servers each judges by what it ' +
					'has heard of the others: together they may take up to as many times more. No bound without it',
			}),
		),
		concurrency: Type.Optional(
			Type.Integer({
				minimum: 1,
				description:
					'Of its attempts that run at the same time, on all servers and workers; the others wait. No limit without it',
			}),
		),
		pool: Type.Optional(PoolNameSchema),
		needs: Type.Optional(
			Type.Array(TagSchema, {
				maxItems: mostTags,
				uniqueItems: true,
				description: 'Only workers of its pool that have all of these tags run it',
			}),
		),
		class: Type.Optional(
			Type.Enum(classes, {description: 'Of its tasks that name none; `normal` without it'}),
		),
		spill: Type.Optional(
			Type.Boolean({
				description: 'Its tasks that do not say otherwise may run in another area; not without it',
			}),
		),
	},
	{$id: 'Policy', description: 'What a function may use and how its failures are treated'},
);

export const BuildSchema = Type.Object({
	digest: Type.String({pattern: '^[0-9a-f]{64}$'}),
	function: Type.String(),
	runtime: Type.Enum(['javascript', 'wasm'] as const),
	handler: Type.String(),
	policy: PolicySchema,
	env: Type.Record(Type.String(), Type.String()),
});

/** A version, ready to run. `code` and `map` travel as bodies beside the rest. */
export type Build = Static<typeof BuildSchema> & {readonly code: Buffer; readonly map: Buffer | null};

export const checkBuild = checker(BuildSchema);

/**
 * The name of a version: all that can change what it does, and whose it is. Twice the same is the same
 * version; two functions of the same code have no version, and so no sandbox, in common.
 * @param name null: as up to 0.1.0, when the function did not count
 */
export function digestOf(build: Omit<Build, 'digest' | 'map'>, name: string | null = build.function): string {
	const {runtime, handler, policy, env, code} = build;
	const variables = Object.keys(env)
		.sort()
		.map(name => [name, env[name]]);
	const {backoff, breaker, isolation, cpuMs, infraAttempts, maxAttempts, memoryMb, wallMs} = policy;
	const {maxQueued, concurrency, pool, needs = [], class: priority, spill} = policy;
	const limits = [
		wallMs,
		cpuMs,
		memoryMb,
		maxAttempts,
		infraAttempts,
		backoff.baseMs,
		backoff.factor,
		backoff.maxMs,
		isolation,
		...(breaker ? [breaker.crashes, breaker.windowMs] : []),
		...(maxQueued === undefined ? [] : [`maxQueued ${maxQueued}`]),
		...(concurrency === undefined ? [] : [`concurrency ${concurrency}`]),
		...(pool === undefined ? [] : [`pool ${pool}`]),
		...(needs.length === 0 ? [] : [`needs ${[...new Set(needs)].sort().join(' ')}`]),
		...(priority === undefined ? [] : [`class ${priority}`]),
		...(spill === undefined ? [] : [`spill ${spill}`]),
	];
	return createHash('sha256')
		.update(JSON.stringify([runtime, handler, limits, variables, ...(name === null ? [] : [name])]))
		.update(code)
		.digest('hex');
}
