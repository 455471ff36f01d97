import {type Failure, fail} from '#actors/failure.ts';
import type {Build} from '#contract/build.ts';
import {outOfMemory, overran} from './callEnd.ts';
import type {CodeCache} from './codeCache.ts';
import type {OpenWatch} from './engine.ts';
import {failureOf} from './guestFailure.ts';
import type {Blank} from './isolateBlank.ts';
import {fileOf, type StackMapper} from './stack.ts';
import {everyMs, looksASecond, type Ticker} from './ticker.ts';
import {createWaker} from './waker.ts';

// Loading is under the limits of the version, within these: short limits are meant for calls, and a
// busy machine must not make a version unusable; a module that loads for longer serves nobody.
const leastLoadMs = 2000;
const longestLoadMs = 10_000;

export type LoadOptions = {
	readonly blank: Blank;
	readonly build: Build;
	readonly mapper: StackMapper;
	readonly ticker: Ticker;
	readonly cache: CodeCache;
	readonly codeKey: string;
	readonly watch: OpenWatch;
};

/** Loads a build into a blank, under its limits. The blank is good for nothing else afterwards. */
export async function load(options: LoadOptions, signal?: AbortSignal): Promise<Failure | undefined> {
	const {blank, build, ticker, watch} = options;
	const guard = createGuard(blank, build, watch);
	const unwatch = ticker.watch(guard);
	const cancel = () => guard.end(fail('CANCELLED'));
	signal?.addEventListener('abort', cancel, {once: true});
	if (signal?.aborted) cancel();
	try {
		const failure = await enter(options);
		await guard.rest();
		return failure ?? guard.ended();
	} catch (error) {
		return guard.ended() ?? broken(options, error);
	} finally {
		unwatch();
		void guard.rest();
		signal?.removeEventListener('abort', cancel);
	}
}

const clamp = (limitMs: number): number => Math.min(Math.max(limitMs, leastLoadMs), longestLoadMs);

/** Ends the loading that overruns the limits of the build. */
function createGuard(blank: Blank, {policy}: Build, watch: OpenWatch) {
	const wallMs = clamp(policy.wallMs);
	const cpuMs = clamp(policy.cpuMs);
	let failure: Failure | undefined;
	// All of them, and those since it was ended.
	let [looks, looksAfter] = [0, 0];

	function end(why: Failure): void {
		failure ??= why;
		if (!blank.isolate.isDisposed) blank.isolate.dispose();
	}

	const waker = createWaker(blank);
	waker.rise();
	blank.listener = {
		emit() {},
		log() {},
		wake: waker.wish,
		catastrophe: message =>
			watch.stuck(/memory/i.test(message) ? outOfMemory(blank.memoryMb) : fail('CRASHED')),
	};
	return {
		end,
		rest: waker.rest,
		ended: () => failure,
		tick(): void {
			// By the number of looks: a version must not be unusable because we stood still.
			looks += 1;
			if (failure && ++looksAfter === looksASecond) watch.stuck(failure);
			if (failure || blank.isolate.isDisposed) return;
			if (looks * everyMs > wallMs) end(overran('TIMEOUT', 'wall', wallMs));
			else if (Number(blank.isolate.cpuTime) / 1e6 > cpuMs) end(overran('CPU_LIMIT', 'CPU', cpuMs));
		},
	};
}

async function enter({blank, build, mapper, cache, codeKey}: LoadOptions): Promise<Failure | undefined> {
	// As the body of a function. Its own line is line 0, so that user code keeps its lines.
	const text = `(function (exports, module, require) {\n${build.code.toString('utf8')}\n})`;
	const options = {filename: fileOf(build.function), lineOffset: -1, ...cache.optionsFor(codeKey)};
	const script = await blank.isolate.compileScript(text, options);
	cache.keep(codeKey, script);
	const define = await script.run(blank.context, {reference: true});
	const parts = [define.derefInto({release: true}), ...handlerOf(build)];
	const told = await blank.load.apply(undefined, parts, {result: {promise: true}});
	script.release();
	return told === '' ? undefined : failureOf(told, mapper);
}

function handlerOf({handler, function: name, env}: Build): [string, string, string] {
	return [handler, name, JSON.stringify(env)];
}

/** What V8 says of code that it can't compile, with the place as its author knows it. */
function broken({blank, mapper}: LoadOptions, error: unknown): Failure {
	if (blank.isolate.isDisposed) return outOfMemory(blank.memoryMb);
	if (!(error instanceof Error)) return fail('BUILD_FAILED');
	const stack = error.stack ?? '';
	const place = mapper.place(`${error.message}\n${stack}`);
	const message = error.message.replace(/\s*\[file:\/\/\/fn\/[^\]]*\]/, '');
	return fail('BUILD_FAILED', `${place}: ${error.name}: ${message}`, {
		name: error.name,
		stack: mapper.stack(stack),
	});
}
