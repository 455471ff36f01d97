// The guards that keep functions within their limits.
import type {Guard} from './guard.ts';

const sandbox = 'src/engine/isolateSandbox.ts';

export const limits: readonly Guard[] = [
	{
		family: 'loops',
		does: 'ends a call that is over its wall time, whatever it waits for or spins in',
		file: 'src/engine/callList.ts',
		changes: [['if (this.wallMs(now) > call.wallMs)', 'if (this.wallMs(now) > call.wallMs + 60_000)']],
		cases: ['loops/neverResolves', 'loops/inTimer'],
	},
	{
		family: 'hooks',
		does: 'reads what was thrown inside the sandbox, guarded and under the limits of the call',
		file: 'src/engine/guest/failure.ts',
		changes: [
			[
				'	try {\n		return (value as Record<string, unknown>)[key];\n	} catch {\n		return undefined;\n	}',
				'	return (value as Record<string, unknown>)[key];',
			],
		],
		cases: ['hooks/throwsProxy', 'results/toJsonThrows'],
	},
	{
		family: 'hooks',
		does: 'follows only so many causes of an error',
		file: 'src/engine/guest/failure.ts',
		changes: [['depth < deepestCause ?', 'depth < 1e9 ?']],
		cases: ['hooks/causes'],
	},
	{
		family: 'memory',
		does: 'runs executors without the compiler whose code no memory limit ends',
		file: 'src/worker/executorProgram.ts',
		changes: [["		'--no-turbofan',\n", '']],
		cases: ['memory/arrays', 'memory/arraysWide'],
	},
	{
		family: 'memory',
		does: 'kills an executor that has grown beyond what it may have',
		file: 'src/worker/executorChild.ts',
		changes: [
			["if (this.#rssBytes > this.#options.hardRssBytes) this.kill('memory');\n		else if (", 'if ('],
		],
		cases: ['memory/parse'],
	},
	{
		family: 'memory',
		does: 'takes away buffers that grow',
		file: 'src/engine/guest/withdraw.ts',
		changes: [
			['	everything.ArrayBuffer = fixed(ArrayBuffer);\n', ''],
			["['resize', 'resizable', 'maxByteLength']", '[]'],
		],
		cases: ['memory/resizable', 'reach/wasm'],
	},
	{
		family: 'memory',
		does: 'takes away WebAssembly, whose memories nobody counts, and shared memory',
		file: 'src/engine/guest/withdraw.ts',
		changes: [["['WebAssembly', 'SharedArrayBuffer', 'Atomics']", '[]']],
		cases: ['memory/wasm', 'loops/atomicsWait', 'reach/globals'],
	},
	{
		family: 'cpu',
		does: 'ends a call that has used its CPU time',
		file: 'src/engine/callList.ts',
		changes: [['return this.cpuMs(cpu) > call.cpuMs ?', 'return this.cpuMs(cpu) > call.cpuMs + 60_000 ?']],
		cases: ['cpu/slices'],
	},
	{
		family: 'cpu',
		does: 'kills the executor of a call that V8 can not end',
		file: sandbox,
		changes: [
			['list.watch.stuck(kill.index, kill.failure);\n	}\n\n	#end', '}\n\n	#end'],
			// Some seconds later isolated-vm says so itself.
			[
				'if (list) list.watch.stuck(this.#kill?.index ?? this.#payer(list), this.#kill?.failure ?? failure);\n		else this',
				'if (!list) this',
			],
		],
		cases: ['cpu/bigintStuck', 'cpu/fill'],
	},
	{
		family: 'stack',
		does: 'makes a failure of what can not be serialised because no stack is left',
		file: 'src/engine/guest/run.ts',
		changes: [
			["return end(index, failure, thrownText('RESULT_NOT_SERIALIZABLE', error), false);", 'throw error;'],
		],
		cases: ['stack/toJsonRecursion', 'results/cycle'],
	},
	{
		family: 'stack',
		does: 'refuses code that is nested deeper than a parser can go',
		file: 'src/engine/compile.ts',
		changes: [['if (depthOf(source.code) > deepest)', 'if (depthOf(source.code) > 1e9)']],
		cases: ['loading/deepCode'],
	},
	{
		family: 'results',
		does: 'counts the bytes of a result outside of the sandbox',
		file: 'src/engine/callEnd.ts',
		changes: [['if (result.length <= mostPayloadBytes)', 'if (result.length <= 2 ** 30)']],
		cases: ['results/wide'],
	},
	{
		family: 'floods',
		does: 'cuts what one call prints, inside the sandbox and outside',
		file: 'src/engine/guest/console.ts',
		changes: [['		if (room === 0) return;\n', '']],
		behind: {
			file: 'src/engine/callLog.ts',
			changes: [
				['if (lines.length >= mostLines || characters + text.length > mostCharacters) return;\n', ''],
			],
		},
		cases: ['floods/lines'],
	},
	{
		family: 'leftovers',
		does: 'gives up a sandbox in which a call has left work',
		file: 'src/engine/guest/run.ts',
		changes: [['const leftover = timers.end() || broken;', 'const leftover = false;']],
		cases: ['leftovers/timer', 'leftovers/interval', 'neighbours/lateThrow'],
	},
	{
		family: 'leftovers',
		does: 'ends a sandbox that uses the CPU when its calls are over',
		file: sandbox,
		changes: [
			['if ((isHeld || inside >= 0) && used > leftoverMs)', 'if (isHeld && used > leftoverMs + 60_000)'],
			['else if (isHeld && inside >= 0)', 'else if (this.#between > 3000 && inside >= 0)'],
		],
		cases: ['neighbours/spinners'],
	},
	{
		family: 'leftovers',
		does: 'charges nobody who has not begun for what another call has left behind',
		file: 'src/engine/executorList.ts',
		changes: [["index < 0 ? 'nobody' : base + index", "index < 0 ? 'version' : base + index"]],
		cases: ['leftovers/bigint'],
	},
	{
		family: 'leftovers',
		does: 'lets no finalizer call back',
		file: 'src/engine/guest/withdraw.ts',
		changes: [["	defineProperty(everything, 'FinalizationRegistry', {value: NoRegistry});\n", '']],
		cases: ['leftovers/finalizers'],
	},
];
