import Type, {type Static} from 'typebox';
import {PolicySchema} from './build.ts';
import {checker} from './check.ts';
import {FailureSchema} from './failure.ts';
import {FunctionNameSchema, HandlerSchema} from './names.ts';

/** What a caller deploys: one self-contained module as text, with its source map if it was bundled. */
export const DeploySchema = Type.Object(
	{
		name: FunctionNameSchema,
		language: Type.Enum(['javascript', 'typescript'] as const),
		/** One module whose imports were bundled where it was written. */
		code: Type.String({minLength: 1}),
		/** A source map (version 3) as JSON text. */
		map: Type.Optional(Type.String()),
		/** Built elsewhere. */
		digest: Type.Optional(
			Type.String({
				pattern: '^[0-9a-f]{64}$',
				description:
					'The name of a version that was built elsewhere: `code` is taken as it is and checked against that ' +
					'name. It is kept beside the live version, if there is one, for those who ask for it by name',
			}),
		),
		handler: Type.Optional(HandlerSchema),
		policy: Type.Optional(Type.Partial(PolicySchema)),
		env: Type.Optional(
			// What no pattern fits would else be anything at all, and no worker could read the build.
			Type.Record(Type.String({pattern: '^[A-Za-z_][A-Za-z0-9_]*$'}), Type.String(), {
				additionalProperties: false,
			}),
		),
	},
	{$id: 'Deploy', additionalProperties: false},
);

const PauseSchema = Type.Object({
	by: Type.Enum(['breaker', 'operator'] as const, {
		description: '`breaker`: its executors kept dying; the deployment of another version ends that',
	}),
	why: Type.String(),
	at: Type.Number({description: 'ms since the epoch'}),
	version: Type.Union([
		Type.String({description: 'The digest of the version that was to blame, or was live then'}),
		Type.Null(),
	]),
});

export const FunctionViewSchema = Type.Object(
	{
		name: Type.String(),
		state: Type.Enum(['building', 'active', 'paused', 'rejected', 'retired'] as const),
		version: Type.Union([Type.String({description: 'The digest of the live version'}), Type.Null()]),
		number: Type.Union([
			Type.Integer({description: 'Counts the versions of a function from 1'}),
			Type.Null(),
		]),
		runtime: Type.Union([Type.String(), Type.Null()]),
		handler: Type.Union([Type.String(), Type.Null()]),
		policy: Type.Union([PolicySchema, Type.Null()]),
		codeBytes: Type.Union([Type.Integer(), Type.Null()]),
		failure: Type.Union([FailureSchema, Type.Null()]),
		pause: Type.Union([PauseSchema, Type.Null()], {description: 'Why it is `paused`; null if it is not'}),
		createdAt: Type.Number(),
		updatedAt: Type.Number(),
	},
	{$id: 'Function'},
);

export type Deploy = Static<typeof DeploySchema>;
export type FunctionView = Static<typeof FunctionViewSchema>;
export const checkDeploy = checker(DeploySchema);
