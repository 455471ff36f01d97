import {decideFunction} from '#actors/decide.ts';
import {type Failure, fail} from '#actors/failure.ts';
import type {FunctionRow, VersionRow} from '#actors/function.ts';
import {type Build, digestOf} from '#contract/build.ts';
import type {Deploy, FunctionView} from '#contract/function.ts';
import type {Known, Meta} from '#runtime/functions.ts';
import type {Answer} from './api.ts';
import {cancel} from './cancel.ts';
import {type Desk, no, yes} from './desk.ts';

/**
 * Builds, checks in an executor, and makes live. The whole way through `building` is one commit, so
 * no crash leaves a function half built; a version that is no good leaves the live one as it is.
 */
export async function deploy(desk: Desk, request: Deploy): Promise<Answer<FunctionView>> {
	const {name} = request;
	const known = await desk.home.functions.current(name);
	const compiled = await (request.digest === undefined ? desk.compile(request) : asItIs(request));
	const build = 'failure' in compiled ? undefined : buildOf(desk, request, compiled.code, compiled.map);
	if (build && known?.live?.digest === build.digest && known.row.state === 'active')
		return yes(viewOf(known));
	const wrong = build && misnamed(build, request);
	if (wrong) return no(wrong);
	const failure = build ? await desk.check(build) : 'failure' in compiled ? compiled.failure : undefined;
	const isBeside = request.digest !== undefined && known?.live !== undefined;
	if (isBeside && failure) return no(failure);
	const stored = await store(desk, known, name, build, failure, isBeside);
	const now = desk.home.functions.get(name);
	// A build that is no good leaves a function that works as it is: it enters no state.
	if (!stored && now && !(failure && now.live)) tell(desk, name, now.row.state);
	if (failure) return no(failure);
	if (stored) return no(stored);
	return now ? yes(viewOf(now)) : no(fail('INTERNAL', `Function \`${name}\` is not there after its deploy`));
}

async function store(
	desk: Desk,
	known: Known | undefined,
	name: string,
	build: Build | undefined,
	failure: Failure | undefined,
	isBeside: boolean,
): Promise<Failure | undefined> {
	const at = desk.ambient.clock.now();
	const before: FunctionRow = known?.row ?? blank(name, at);
	const row = decideFunction(before, [
		{type: 'build', at},
		...(failure ? [{type: 'reject', at, failure} as const] : []),
		...(failure || isBeside ? [] : [{type: 'activate', at, version: build?.digest ?? ''} as const]),
	]);
	if (!row) {
		desk.ambient.metrics.refused.inc({actor: 'function', type: 'build'});
		return fail('CONFLICT', `Function \`${name}\` is ${before.state} and can't be deployed now`);
	}
	const versions = build && !failure ? await desk.home.store.versions(name) : [];
	const fresh = build && !failure && !versions.some(({digest}) => digest === build.digest);
	const version = fresh ? versionOf(build, versions.length + 1, at) : undefined;
	return desk.home.functions.put(row, known?.row.revision ?? 0, version);
}

export async function remove(
	desk: Desk,
	name: string,
	{cancel: ends = false}: {cancel?: boolean} = {},
): Promise<Answer<{name: string; cancelled: number}>> {
	const {home} = desk;
	if (!(await home.functions.current(name))) return no(missing(name));
	let cancelled = 0;
	for (;;) {
		const open = await home.store.openOf(name, 500);
		if (open.length === 0) break;
		if (!ends)
			return no(
				fail('CONFLICT', `Function \`${name}\` has open tasks; wait for them, or ask to cancel them`),
			);
		const receipts = await Promise.all(open.map(id => cancel(desk, id)));
		const refused = receipts.find(receipt => !receipt.ok);
		if (refused) return refused;
		cancelled += receipts.filter(receipt => receipt.ok && receipt.value.cancelled).length;
	}
	const failure = await home.functions.remove(name);
	if (failure) return no(failure);
	tell(desk, name, 'retired');
	return yes({name, cancelled});
}

export const tell = ({home, ambient}: Desk, name: string, state: FunctionRow['state']) =>
	home.happened({actor: 'function', id: name, group: name, state, at: ambient.clock.now()});

export async function versions({home}: Desk, name: string): Promise<Answer<FunctionView[]>> {
	const known = await home.functions.find(name);
	if (!known) return no(missing(name));
	const rows = await home.store.versions(name);
	return yes(
		rows.map(({code, map: _map, ...meta}) =>
			viewOf({row: known.row, live: {...meta, codeBytes: code.length}}),
		),
	);
}

export const missing = (name: string) => fail('FUNCTION_NOT_FOUND', `There is no function \`${name}\``);

export function viewOf({row, live}: {row: FunctionRow; live: Meta | undefined}): FunctionView {
	const {name, state, failure, pause, createdAt, updatedAt} = row;
	return {
		...{name, state, failure, pause, createdAt, updatedAt},
		version: live?.digest ?? null,
		number: live?.number ?? null,
		runtime: live?.runtime ?? null,
		handler: live?.handler ?? null,
		policy: live?.policy ?? null,
		codeBytes: live?.codeBytes ?? null,
	};
}

/** What another area has built is not built again: that would make another version of it. */
async function asItIs({code, map}: Deploy): Promise<{code: Buffer; map: Buffer | null}> {
	return {code: Buffer.from(code), map: map === undefined ? null : Buffer.from(map)};
}

function misnamed({digest}: Build, request: Deploy): Failure | undefined {
	if (request.digest === undefined || request.digest === digest) return undefined;
	return fail('INVALID_INPUT', `The code that came is version ${digest}, not ${request.digest}`);
}

function buildOf(desk: Desk, request: Deploy, code: Buffer, map: Buffer | null): Build {
	const {name, handler = 'default', policy = {}, env = {}} = request;
	const all = {...desk.policy, ...policy};
	const whole = {function: name, runtime: 'javascript', handler, policy: all, env, code} as const;
	// What was stored by 0.1.0 keeps the name it has, and comes from its area under that.
	const old = request.digest === undefined ? undefined : digestOf(whole, null);
	return {...whole, map, digest: old !== undefined && old === request.digest ? old : digestOf(whole)};
}

function versionOf(
	{digest, function: fn, runtime, handler, policy, env, code, map}: Build,
	number: number,
	createdAt: number,
): VersionRow {
	return {function: fn, digest, number, runtime, handler, policy, env, code, map, createdAt};
}

function blank(name: string, at: number): FunctionRow {
	return {
		...{name, state: 'building', revision: 0, version: null, failure: null, pause: null, broken: []},
		...{createdAt: at, updatedAt: at},
	};
}
