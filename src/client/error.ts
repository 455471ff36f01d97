import {type Failure, fail} from '#actors/failure.ts';
import {checkProblem} from '#contract/problem.ts';

/** What went wrong with a call, as data. `status` is undefined when no answer came. */
export class WarrenError extends Error {
	override readonly name = 'WarrenError';
	readonly failure: Failure;
	readonly status: number | undefined;
	/** The task it is about, where there is one. */
	readonly task: string | undefined;

	constructor(failure: Failure, about: {status?: number; task?: string} = {}, options?: ErrorOptions) {
		super(failure.message, options);
		this.failure = failure;
		this.status = about.status;
		this.task = about.task;
	}

	/** No answer came: nothing listens there, or the connection was lost. */
	get unreachable(): boolean {
		return this.status === undefined;
	}
}

/** The error that an answer carries; one that is not a problem came from something else than Warren. */
export function errorFrom(status: number, text: string, url: string): WarrenError {
	const checked = checkProblem(parse(text));
	if (!checked.ok) {
		const says = `Expected Warren at ${url}, got an answer with status ${status} that is not Warren's`;
		return new WarrenError(fail(status >= 500 ? 'UNAVAILABLE' : 'INTERNAL', says), {status});
	}
	const {code, detail, retryable, permanent, name, stack, details, task} = checked.value;
	const failure: Failure = {
		code,
		message: detail,
		retryable,
		...(permanent !== undefined && {permanent}),
		...(name !== undefined && {name}),
		...(stack !== undefined && {stack}),
		...(details !== undefined && {details}),
	};
	return new WarrenError(failure, {status, ...(task !== undefined && {task})});
}

/** The error for a call that got no answer. */
export function errorWithout(url: string, cause: unknown): WarrenError {
	const why = reasonOf(cause);
	const says = `Warren is not reachable at ${url} (${why}); is it running, and is this its address?`;
	return new WarrenError(fail('UNAVAILABLE', says), {}, {cause});
}

/** The code of the system's error (`ECONNREFUSED`), which fetch hides two levels down. */
export function reasonOf(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
	if (error.cause instanceof Error) return reasonOf(error.cause);
	return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
