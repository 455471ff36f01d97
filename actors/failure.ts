/**
 * How an attempt, a task or a request can fail, as data.
 *
 * - `retryable`: another attempt may help, so Warren makes one by itself while attempts are left.
 * - `blame`: who pays. `user` failures are charged against the task's `maxAttempts` (1 unless the
 *   function's policy or the caller says more). A `crash` took its executor down while it was
 *   alone in it: charged too, and tried at least `infraAttempts` times (3). `warren` failures are nobody's
 *   charge and are tried `infraAttempts` times. `caller` failures are final: the same input
 *   would fail in the same way. An attempt whose worker is lost has not failed: it is dispatched again.
 * - `status`: the HTTP status that REST answers with.
 */
type FailureKind = {
	readonly retryable: boolean;
	readonly blame: 'user' | 'crash' | 'warren' | 'caller';
	readonly status: number;
	readonly says: string;
};

export const failures = {
	FUNCTION_THREW: {retryable: false, blame: 'user', status: 422, says: 'The function threw'},
	TIMEOUT: {retryable: false, blame: 'user', status: 504, says: 'The function ran longer than allowed'},
	CPU_LIMIT: {
		retryable: false,
		blame: 'user',
		status: 422,
		says: 'The function used more CPU time than allowed',
	},
	MEMORY_LIMIT: {
		retryable: false,
		blame: 'user',
		status: 422,
		says: 'The function used more memory than allowed',
	},
	CRASHED: {
		retryable: true,
		blame: 'crash',
		status: 500,
		says: 'The executor died while only this task was inside',
	},
	RESULT_NOT_SERIALIZABLE: {
		retryable: false,
		blame: 'caller',
		status: 422,
		says: 'The function returned something that JSON cannot carry',
	},
	PAYLOAD_TOO_LARGE: {
		retryable: false,
		blame: 'caller',
		status: 413,
		says: 'The payload is larger than allowed',
	},
	INVALID_INPUT: {retryable: false, blame: 'caller', status: 400, says: 'The request is not valid'},
	BUILD_FAILED: {retryable: false, blame: 'caller', status: 422, says: 'The code could not be built'},
	FUNCTION_NOT_FOUND: {retryable: false, blame: 'caller', status: 404, says: 'There is no such function'},
	FUNCTION_PAUSED: {retryable: true, blame: 'caller', status: 409, says: 'The function is paused'},
	TASK_NOT_FOUND: {retryable: false, blame: 'caller', status: 404, says: 'There is no such task'},
	NOT_FOUND: {retryable: false, blame: 'caller', status: 404, says: 'There is nothing at this address'},
	UNAUTHORIZED: {retryable: false, blame: 'caller', status: 401, says: 'An API key is needed'},
	FORBIDDEN: {retryable: false, blame: 'caller', status: 403, says: 'The API key lacks the scope for this'},
	RATE_LIMITED: {
		retryable: true,
		blame: 'caller',
		status: 429,
		says: 'The API key makes more requests than it may',
	},
	KEY_REUSED: {
		retryable: false,
		blame: 'caller',
		status: 409,
		says: 'The key was used before with another input',
	},
	DEADLINE_EXCEEDED: {retryable: false, blame: 'caller', status: 504, says: 'The deadline passed'},
	EXPIRED: {retryable: false, blame: 'caller', status: 504, says: 'The task waited longer than it may'},
	CANCELLED: {retryable: false, blame: 'caller', status: 409, says: 'The task was cancelled'},
	CONFLICT: {retryable: false, blame: 'caller', status: 409, says: 'The state does not allow this'},
	REJECTED: {retryable: true, blame: 'warren', status: 429, says: 'There is no room for more work now'},
	UNAVAILABLE: {retryable: true, blame: 'warren', status: 503, says: 'A part of Warren is out of reach'},
	WAIT_OVER: {retryable: true, blame: 'caller', status: 504, says: 'The wait ran out; the task goes on'},
	DELIVERY_LIMIT: {
		retryable: false,
		blame: 'warren',
		status: 500,
		says: 'The task was running alone on too many workers that died',
	},
	INTERNAL: {retryable: true, blame: 'warren', status: 500, says: 'Warren itself failed'},
} as const satisfies Record<string, FailureKind>;

export type FailureCode = keyof typeof failures;

/**
 * A failure as it is stored, answered and sent.
 * `permanent` is set when user code said so (`error.retryable === false`): no retry, whatever the policy.
 */
export type Failure = {
	readonly code: FailureCode;
	readonly message: string;
	readonly retryable: boolean;
	readonly permanent?: boolean;
	readonly name?: string;
	readonly stack?: string;
	readonly details?: Readonly<Record<string, unknown>>;
};

/** Makes a failure of a kind; the kind's own sentence where no message is given. */
export function fail(
	code: FailureCode,
	message?: string,
	more: Omit<Partial<Failure>, 'code' | 'message'> = {},
): Failure {
	return {code, message: message ?? failures[code].says, retryable: failures[code].retryable, ...more};
}
