import Type from 'typebox';
import {type FailureCode, failures} from '#actors/failure.ts';

export const FailureSchema = Type.Object(
	{
		code: Type.Enum(Object.keys(failures) as FailureCode[]),
		message: Type.String(),
		retryable: Type.Boolean(),
		permanent: Type.Optional(Type.Boolean()),
		name: Type.Optional(Type.String()),
		stack: Type.Optional(Type.String()),
		details: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
	},
	{$id: 'Failure', description: 'How an attempt, a task or a request failed'},
);
