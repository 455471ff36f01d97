// A worker asks the home of a work message whether it may run an attempt that may have been run
// before. Worker → `warren.node.<home>`, asked again at `warren.outcomes` (R22). The answer is a
// lossy control message to the worker, matched by the claim's own id (R21).
import Type, {type Static} from 'typebox';
import {checker} from './check.ts';

export const ClaimSchema = Type.Object({
	/** `<worker>.<counter>`, new for every question. */
	id: Type.String({minLength: 1}),
	worker: Type.String({minLength: 1}),
	task: Type.String({minLength: 1}),
	attempt: Type.Integer({minimum: 1}),
	copy: Type.String({minLength: 1}),
	redelivered: Type.Boolean(),
	alone: Type.Boolean(),
});

export type ClaimMessage = Static<typeof ClaimSchema>;
export const checkClaim = checker(ClaimSchema);
