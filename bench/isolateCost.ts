// What `fresh` isolation is measured against: an isolate made, used once and thrown away, and nothing else.
import {availableParallelism} from 'node:os';
import {defaultPolicy} from '#actors/policy.ts';
import {type Build, digestOf} from '#contract/build.ts';
import {compile} from '#engine/compile.ts';
import type {Engine} from '#engine/engine.ts';
import {createIsolateEngine} from '#engine/isolate.ts';
import {systemClock} from '#lib/clock.ts';
import {body, expectEcho} from './load.ts';
import type {Run} from './stats.ts';

const warmUps = 20;
const isolates = 150;

/** So many a second could be had of all cores, if each took the processor time that one takes. */
export async function isolateRate(code: string): Promise<Run> {
	const engine = createIsolateEngine({
		clock: systemClock,
		broken: ({message}) => refuse(message),
	});
	const build = await buildOf(code);
	for (let at = 0; at < warmUps; at++) await once(engine, build, at);
	const before = process.cpuUsage();
	for (let at = 0; at < isolates; at++) await once(engine, build, at);
	const {user, system} = process.cpuUsage(before);
	await engine.close();
	const costMs = (user + system) / 1000 / isolates;
	return {rate: (availableParallelism() * 1000) / costMs, p50: costMs, p99: costMs, calls: isolates};
}

async function once(engine: Engine, build: Build, nonce: number): Promise<void> {
	const sandbox = await engine.open(build, {stuck: ({message}) => refuse(message)});
	if ('code' in sandbox) return refuse(sandbox.message);
	const text = body(nonce);
	const call = {
		...{task: 't', attempt: 1, deadline: null},
		...{wallMs: 5000, cpuMs: 5000},
		input: Buffer.from(text),
	};
	await sandbox.run([call], {
		stuck: (_, {message}) => refuse(message),
		ended: (_, {result}) => expectEcho(text, result?.toString() ?? ''),
	});
	sandbox.close();
}

async function buildOf(code: string): Promise<Build> {
	const made = await compile({name: 'fresh', language: 'javascript', code});
	if ('failure' in made) return refuse(made.failure.message);
	const whole = {
		...{function: 'fresh', runtime: 'javascript' as const, handler: 'default', env: {}, code: made.code},
		policy: {...defaultPolicy, isolation: 'fresh' as const},
	};
	return {...whole, map: made.map, digest: digestOf(whole)};
}

function refuse(message: string): never {
	throw new Error(message);
}
