// What callers may name, and how large what they send may be.
import Type from 'typebox';
import {tagName} from '#actors/lane.ts';

export const functionName = /^[a-z][a-z0-9-]{0,62}$/;

export const FunctionNameSchema = Type.String({
	pattern: functionName.source,
	description:
		'A function name: lower-case letters, digits and dashes, a letter first, at most 63 characters',
});

/** The same pattern: a pool is a part of names of queues and of keys of events. */
export const PoolNameSchema = Type.String({
	pattern: functionName.source,
	description: 'A pool name: lower-case letters, digits and dashes, a letter first, at most 63 characters',
});

export const TagSchema = Type.String({
	pattern: tagName.source,
	description:
		'A tag of workers: lower-case letters, digits and dashes, a letter first, at most 32 characters',
});

/** Where tasks wait: a pool, or what needs the same tags in it. */
export const PoolPartSchema = Type.String({
	pattern: `${functionName.source.slice(0, -1)}(\\+${tagName.source.slice(1, -1)})*$`,
	description: 'A pool, or the part of one for tasks that need tags, like `default+gpu`',
});

/** A ULID, as Warren makes them. */
export const TaskIdSchema = Type.String({
	pattern: '^[0-9A-HJKMNP-TV-Z]{26}$',
	description: 'A task id: 26 digits and capital letters, like `01ARZ3NDEKTSV4RRFFQ69G5FAV`',
});

/** An idempotency key: anything printable and short. */
export const KeySchema = Type.String({minLength: 1, maxLength: 255, description: 'Idempotency key'});

/** The name of an export. */
export const HandlerSchema = Type.String({pattern: '^[A-Za-z_$][A-Za-z0-9_$]{0,127}$', default: 'default'});
