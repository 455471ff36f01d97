// What every engine must keep, whatever its runtime: the laws of src/engine/engine.ts as tests.
import test, {type ExecutionContext} from 'ava';
import type {Build} from '#contract/build.ts';
import {type Engine, mostPayloadBytes} from '#engine/engine.ts';
import {callOf, ignore, opened, resultOf, runAll, runLines, runOne} from './world.ts';

/** Versions that do what their names say, in the runtime of the engine. */
export type EngineFixtures = {
	/** Returns its input. */
	readonly echo: Build;
	/** Fails, whatever the input. */
	readonly fails: Build;
	/** Never returns if the input is `"forever"`, else returns its input. */
	readonly forever: Build;
	/** Takes memory until it gets none. */
	readonly hoard: Build;
	/** Returns more than `mostPayloadBytes`. */
	readonly large: Build;
	/** Is no code at all. */
	readonly broken: Build;
	/** Asks for a handler that is not there. */
	readonly handless: Build;
	/** Another runtime's. */
	readonly foreign: Build;
};

export function engineContract(
	name: string,
	makeEngine: () => Engine,
	makeFixtures: () => Promise<EngineFixtures>,
): void {
	const law = (
		title: string,
		check: (t: ExecutionContext, engine: Engine, fixtures: EngineFixtures) => Promise<void>,
	) => {
		test(`${name}: ${title}`, async t => {
			const engine = makeEngine();
			t.teardown(() => engine.close());
			await check(t, engine, await makeFixtures());
		});
	};

	law('a call gets its input and gives its result, as JSON', async (t, engine, {echo}) => {
		const sandbox = await opened(engine, echo);
		const input = {text: 'grüße, 世界 🎉', list: [1, 2.5, null, true], nested: {a: {b: []}}};
		const outcome = await runOne(sandbox, input);
		t.deepEqual(resultOf(outcome), input);
		t.is(outcome.failure, undefined);
		t.true(outcome.runMs >= 0 && outcome.cpuMs >= 0 && outcome.heapBytes > 0);
		t.false(sandbox.spent);
		t.is(sandbox.inside, -1);
	});

	law('lines of a chunk are run in their order, and each is told of once', async (t, engine, {echo}) => {
		const sandbox = await opened(engine, echo);
		const inputs = Array.from({length: 300}, (_, at) => ({at, text: 'grüße, 世界 🎉'}));
		t.deepEqual((await runLines(sandbox, inputs)).outcomes, inputs);
		t.false(sandbox.spent);
		t.is(sandbox.inside, -1);
	});

	law('each line of a chunk has its own limits', async (t, engine, {forever}) => {
		const sandbox = await opened(engine, forever);
		const {outcomes} = await runLines(sandbox, [1, 'forever', 2], {wallMs: 300, cpuMs: 300});
		t.is(outcomes[0] ?? 1, 1);
		t.regex(String(outcomes[1]), /TIMEOUT|CPU_LIMIT/);
		t.is(outcomes[2], undefined);
		t.true(sandbox.spent);
	});

	law('a line of a chunk that fails is no failure of the others', async (t, engine, {fails}) => {
		const sandbox = await opened(engine, fails);
		t.deepEqual((await runLines(sandbox, [1, 2])).outcomes, ['FUNCTION_THREW', 'FUNCTION_THREW']);
	});

	law('a list is run in its order, and each call is told of once', async (t, engine, {echo}) => {
		const sandbox = await opened(engine, echo);
		const told: number[] = [];
		const list = Array.from({length: 50}, (_, at) => callOf({at}));
		await sandbox.run(list, {...ignore, ended: index => told.push(index)});
		t.deepEqual(
			told,
			list.map((_, at) => at),
		);
		const outcomes = await runAll(sandbox, list);
		t.deepEqual(
			outcomes.map(resultOf),
			list.map((_, at) => ({at})),
		);
	});

	law('a call that fails says so, and the sandbox goes on', async (t, engine, {fails}) => {
		const sandbox = await opened(engine, fails);
		const outcomes = await runAll(sandbox, [callOf(1), callOf(2)]);
		t.deepEqual(
			outcomes.map(outcome => outcome?.failure?.code),
			['FUNCTION_THREW', 'FUNCTION_THREW'],
		);
		t.true(outcomes.every(outcome => outcome?.result === undefined));
	});

	law(
		'a call that never returns is ended, and what had not begun is left to another sandbox',
		async (t, engine, {forever}) => {
			const limits = {wallMs: 1500, cpuMs: 5000};
			const sandbox = await opened(engine, forever);
			const outcomes = await runAll(sandbox, [
				callOf('a', limits),
				callOf('forever', limits),
				callOf('b', limits),
			]);
			t.is(resultOf(outcomes[0]), 'a');
			t.is(outcomes[1]?.failure?.code, 'TIMEOUT');
			t.is(outcomes[2], undefined);
			t.true(sandbox.spent);
			sandbox.close();
			t.is(resultOf(await runOne(await opened(engine, forever), 'b')), 'b');
		},
	);

	law(
		'a call that takes too much memory is ended, and its neighbours live',
		async (t, engine, {hoard, echo}) => {
			const neighbour = await opened(engine, echo);
			const sandbox = await opened(engine, hoard);
			t.is((await runOne(sandbox, 1, {wallMs: 30_000, cpuMs: 30_000})).failure?.code, 'MEMORY_LIMIT');
			t.true(sandbox.spent);
			t.is(resultOf(await runOne(neighbour, 'alive')), 'alive');
		},
	);

	law('a result larger than the limit is refused', async (t, engine, {large}) => {
		const outcome = await runOne(await opened(engine, large), 1);
		t.is(outcome.failure?.code, 'PAYLOAD_TOO_LARGE');
		t.true(outcome.failure?.message.includes(String(mostPayloadBytes)));
	});

	law('stop ends the call inside', async (t, engine, {forever}) => {
		const sandbox = await opened(engine, forever);
		const first = Promise.withResolvers<void>();
		const codes: unknown[] = [];
		const over = sandbox.run([callOf('a'), callOf('forever')], {
			...ignore,
			ended(_, {failure}) {
				codes.push(failure?.code);
				first.resolve();
			},
		});
		await first.promise;
		sandbox.stop(1);
		await over;
		t.deepEqual(codes, [undefined, 'CANCELLED']);
	});

	law('stop keeps a call from beginning', async (t, engine, {forever}) => {
		const sandbox = await opened(engine, forever);
		const told: [number, string | undefined][] = [];
		const over = sandbox.run([callOf('forever'), callOf('a'), callOf('b')], {
			...ignore,
			ended: (index, {failure}) => told.push([index, failure?.code]),
		});
		sandbox.stop(2);
		sandbox.stop(2);
		sandbox.stop(0);
		sandbox.stop(7);
		await over;
		// The one between may have begun when the first was kept from it.
		t.deepEqual(
			told.filter(([index]) => index !== 1),
			[
				[2, 'CANCELLED'],
				[0, 'CANCELLED'],
			],
		);
	});

	law('what is no code does not open', async (t, engine, {broken}) => {
		const failure = await engine.open(broken, ignore);
		t.like(failure, {code: 'BUILD_FAILED', retryable: false});
	});

	law('a handler that is not there does not open, and is named', async (t, engine, {handless}) => {
		const failure = await engine.open(handless, ignore);
		t.like(failure, {code: 'BUILD_FAILED'});
		t.true('message' in failure && failure.message.includes(handless.handler));
	});

	law('a version of another runtime does not open', async (t, engine, {foreign}) => {
		t.like(await engine.open(foreign, ignore), {code: 'BUILD_FAILED'});
	});

	law('opening can be called off', async (t, engine, {echo}) => {
		const failure = await engine.open(echo, ignore, AbortSignal.abort());
		t.like(failure, {code: 'CANCELLED'});
	});

	law(
		'sandboxes of one engine do not see each other, and report what they use',
		async (t, engine, {echo}) => {
			const [one, two] = await Promise.all([opened(engine, echo), opened(engine, echo)]);
			const outcomes = await Promise.all([runOne(one, 1), runOne(two, 2)]);
			t.deepEqual(outcomes.map(resultOf), [1, 2]);
			t.true(engine.report().heapBytes >= one.heapBytes + two.heapBytes);
			one.close();
			t.is(resultOf(await runOne(two, 3)), 3);
			await t.throwsAsync(one.run([callOf(1)], {...ignore, ended() {}}), {message: /not spent/});
		},
	);
}
