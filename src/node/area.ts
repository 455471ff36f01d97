// Another area over its REST door: an address and an API key are all that it takes, and connections are made
// from here only.
import type {Failure} from '#actors/failure.ts';
import {errorFrom, reasonOf, WarrenError} from '#client/error.ts';
import {createHttp, type HttpCall} from '#client/http.ts';
import {headersOf} from '#client/submission.ts';
import type {LogList} from '#contract/answers.ts';
import type {Build} from '#contract/build.ts';
import type {Receipt, TaskView} from '#contract/task.ts';
import {type Peer, PeerAway} from '#dispatch/peer.ts';

export type AreaOptions = {
	/** The base of its REST door. */
	readonly url: string;
	/** An API key of it, with the scopes `submit`, `read`, `operate` (to cancel) and `deploy`. */
	readonly key?: string;
};

type Call = Pick<HttpCall, 'method' | 'path' | 'query' | 'headers' | 'body'>;
type Said = {readonly status: number; readonly text: string};

/** Nothing was sent: nobody listens there. */
const neverSent = new Set([
	'ECONNREFUSED',
	'UND_ERR_CONNECT_TIMEOUT',
	'EAI_AGAIN',
	'ENOTFOUND',
	'EHOSTUNREACH',
]);

export function openArea(area: string, {url, key}: AreaOptions): Peer {
	// One try: whoever waits for the answer decides what follows.
	const http = createHttp({url, attempts: 1, ...(key !== undefined && {key})});
	const away = (why: string, isSent: boolean, cause?: unknown) =>
		new PeerAway(`the area ${area} is away: ${why}`, isSent, {cause});

	const ask = async (call: Call, signal: AbortSignal): Promise<Said> => {
		try {
			const {response, text} = await http.ask({...call, repeatable: false, signal});
			return {status: response.status, text};
		} catch (error) {
			const why = signal.aborted ? 'no answer in time' : reasonOf(error);
			const cause = error instanceof WarrenError ? error.cause : error;
			throw away(why, signal.aborted || !neverSent.has(reasonOf(cause)), error);
		}
	};
	/** What is wrong with the call; undefined: nothing. @throws PeerAway where the area itself is in trouble */
	const failureOf = ({status, text}: Said): Failure | undefined => {
		if (status < 300) return undefined;
		const {failure} = errorFrom(status, text, url);
		// It may have been taken all the same: a store that does not answer may have written.
		if (status >= 500 && failure.code !== 'BUILD_FAILED') throw away(failure.message, true);
		return failure;
	};
	const get = async (
		path: string,
		signal: AbortSignal,
		query: Call['query'] = {},
	): Promise<string | undefined> => {
		const said = await ask({method: 'GET', path, query}, signal);
		if (said.status === 404) return undefined;
		const failure = failureOf(said);
		if (failure) throw away(failure.message, true);
		return said.text;
	};
	const pathOf = (task: string, more = '') => `/v1/tasks/${encodeURIComponent(task)}${more}`;

	return {
		area,
		async submit({function: fn, input, options}, signal) {
			const path = `/v1/functions/${encodeURIComponent(fn)}/tasks`;
			const body = new Uint8Array(input);
			const said = await ask({method: 'POST', path, headers: headersOf(options), body}, signal);
			const refused = failureOf(said);
			return refused ? {refused} : {task: (JSON.parse(said.text) as Receipt).task};
		},
		async deploy(build, signal) {
			const body = JSON.stringify(deploymentOf(build));
			return failureOf(await ask({method: 'POST', path: '/v1/functions', body}, signal));
		},
		async look(task, waitMs, signal) {
			const text = await get(pathOf(task), signal, {wait: `${waitMs}ms`});
			return text === undefined ? undefined : (JSON.parse(text) as TaskView);
		},
		async result(task, signal) {
			const text = await get(pathOf(task, '/result'), signal);
			if (text === undefined) throw away('the result is not there any more', true);
			return Buffer.from(text);
		},
		async logs(task, signal) {
			const text = await get(pathOf(task, '/logs'), signal);
			const last = text === undefined ? undefined : (JSON.parse(text) as LogList).logs.at(-1);
			return last && Buffer.from(JSON.stringify(last.lines));
		},
		async cancel(task, signal) {
			const said = await ask({method: 'POST', path: pathOf(task, '/cancel')}, signal);
			if (said.status !== 404) failureOf(said);
		},
	};
}

function deploymentOf({function: name, digest, handler, policy, env, code, map}: Build) {
	const text = {code: code.toString(), ...(map && {map: map.toString()})};
	return {name, language: 'javascript', digest, handler, policy, env, ...text};
}
