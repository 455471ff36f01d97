import {readFile} from 'node:fs/promises';
import type {ExecutionContext} from 'ava';
import {defaultPolicy, type Policy} from '#actors/policy.ts';
import {type Build, digestOf} from '#contract/build.ts';
import {compile} from '#engine/compile.ts';
import type {Call, CallOutcome, Engine, Sandbox} from '#engine/engine.ts';
import {createIsolateEngine} from '#engine/isolate.ts';
import {systemClock} from '#lib/clock.ts';

/** An engine that goes with its test. */
export function engineOf(t: ExecutionContext): Engine {
	const engine = createIsolateEngine({clock: systemClock, broken: ({message}) => t.fail(message)});
	t.teardown(() => engine.close());
	return engine;
}

export type BuildOptions = {
	readonly name?: string;
	readonly handler?: string;
	readonly language?: 'javascript' | 'typescript';
	readonly map?: string;
	readonly policy?: Partial<Policy>;
	readonly env?: Readonly<Record<string, string>>;
};

/** A version out of source text, made as a deploy makes it. */
export async function buildOf(code: string, options: BuildOptions = {}): Promise<Build> {
	const {name = 'fn', handler = 'default', language = 'javascript', map, policy = {}, env = {}} = options;
	const made = await compile({name, language, code, ...(map === undefined ? {} : {map})});
	if ('failure' in made) throw new Error(`Expected code that compiles: ${made.failure.message}`);
	const whole = {
		function: name,
		runtime: 'javascript',
		handler,
		env,
		policy: {...defaultPolicy, ...policy},
		code: made.code,
	} as const;
	return {...whole, map: made.map, digest: digestOf(whole)};
}

/** A version of one of the functions in test/fixtures/functions. */
export async function fixture(name: string, options: BuildOptions = {}): Promise<Build> {
	return buildOf(await source(name), options);
}

export function source(name: string): Promise<string> {
	return readFile(new URL(`../fixtures/functions/${name}.js`, import.meta.url), 'utf8');
}

let calls = 0;

export function callOf(input: unknown, more: Partial<Call> = {}): Call {
	calls += 1;
	const text = Buffer.from(JSON.stringify(input));
	return {task: `task-${calls}`, attempt: 1, input: text, wallMs: 5000, cpuMs: 5000, deadline: null, ...more};
}

export const ignore = {stuck() {}};

/** Opens a build that must load. */
export async function opened(engine: Engine, build: Build): Promise<Sandbox> {
	const sandbox = await engine.open(build, ignore);
	if ('code' in sandbox) throw new Error(`Expected a build that loads: ${sandbox.message}`);
	return sandbox;
}

/** Runs a list and gives the outcomes by index; those that were not told of are undefined. */
export async function runAll(sandbox: Sandbox, list: readonly Call[]): Promise<(CallOutcome | undefined)[]> {
	const outcomes: (CallOutcome | undefined)[] = list.map(() => undefined);
	await sandbox.run(list, {
		...ignore,
		ended(index, outcome) {
			if (outcomes[index]) throw new Error(`Expected call ${index} to end once`);
			outcomes[index] = outcome;
		},
	});
	return outcomes;
}

export async function runOne(
	sandbox: Sandbox,
	input: unknown,
	more: Partial<Call> = {},
): Promise<CallOutcome> {
	const [outcome] = await runAll(sandbox, [callOf(input, more)]);
	if (!outcome) throw new Error('Expected the call to end');
	return outcome;
}

/** Runs lines and gives the outcome of each; those that were not told of are undefined. */
export async function runLines(
	sandbox: Sandbox,
	inputs: readonly unknown[],
	more: Partial<Call> = {},
): Promise<{outcomes: unknown[]; printed: string[]}> {
	const outcomes: unknown[] = inputs.map(() => undefined);
	const printed: string[] = [];
	const print = (logs: Buffer) => {
		for (const {text} of JSON.parse(logs.toString()) as {text: string}[]) printed.push(text);
	};
	const keep = (index: number, outcome: unknown) => {
		if (outcomes[index] !== undefined) throw new Error(`Expected line ${index} to end once`);
		outcomes[index] = outcome;
	};
	const text = inputs.map(input => JSON.stringify(input)).join('\n');
	const lines = {call: callOf(null, more), text, first: 0, count: inputs.length};
	await sandbox.runLines(lines, {
		...ignore,
		ended(index, {failure, logs}) {
			keep(index, failure?.code);
			if (logs) print(logs);
		},
		values(first, count, values) {
			const told = JSON.parse(`[${values}]`) as {value: unknown}[];
			if (told.length !== count) throw new Error(`Expected ${count} outcomes, got ${values}`);
			for (const [at, {value}] of told.entries()) keep(first + at, value);
		},
		printed: print,
	});
	return {outcomes, printed};
}

/** The result as a value. */
export function resultOf(outcome: CallOutcome | undefined): unknown {
	if (!outcome?.result) throw new Error(`Expected a result, got ${JSON.stringify(outcome?.failure)}`);
	return JSON.parse(outcome.result.toString('utf8'));
}
