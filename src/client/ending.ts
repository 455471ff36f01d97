// The wait for what a task returns, request after request.
import type {Failure} from '#actors/failure.ts';
import {WarrenError} from './error.ts';
import type {Http} from './http.ts';

/** What it returned, as JSON text, or how else it ended. @throws WarrenError when there is no way to know */
export async function endOf(
	http: Http,
	task: string,
	signal: AbortSignal | undefined,
): Promise<{readonly text: string} | {readonly failure: Failure}> {
	const call = {
		method: 'GET',
		path: `/v1/tasks/${task}/result`,
		query: {wait: '30s'},
		repeatable: true,
		...(signal && {signal}),
	} as const;
	for (;;) {
		try {
			return {text: await (await http.call(call)).text()};
		} catch (error) {
			if (!isOfTask(error)) throw error;
			if (error.failure.code !== 'WAIT_OVER') return {failure: error.failure};
		}
	}
}

/** The task's own failure, not that of the way to it. */
function isOfTask(error: unknown): error is WarrenError {
	return error instanceof WarrenError && error.task !== undefined && error.failure.code !== 'UNAVAILABLE';
}
