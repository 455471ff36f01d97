// A refused or failed request as HTTP says it (RFC 9457): a failure with its status and its sentence.
import Type, {type Static} from 'typebox';
import {BatchAnswerSchema} from './answers.ts';
import {checker} from './check.ts';
import {FailureSchema} from './failure.ts';

const {code, retryable, permanent, name, stack, details} = FailureSchema.properties;

export const ProblemSchema = Type.Object(
	{
		type: Type.String({description: '`urn:warren:` and the code'}),
		title: Type.String({description: 'What the code means, always the same sentence'}),
		status: Type.Integer({minimum: 400, maximum: 599}),
		code,
		detail: Type.String({description: 'What happened this time'}),
		retryable,
		permanent,
		name,
		stack,
		details,
		task: Type.Optional(Type.String({description: 'The task it is about, where there is one'})),
		answers: Type.Optional(
			Type.Array(BatchAnswerSchema, {description: 'Of a batch that was refused as a whole: why each was'}),
		),
	},
	{$id: 'Problem', description: 'A refused or failed request (RFC 9457)'},
);

export type Problem = Static<typeof ProblemSchema>;
export const checkProblem = checker(ProblemSchema);
export const problemType = 'application/problem+json';
