// The guards that keep functions from what is not theirs.
import type {Guard} from './guard.ts';

const sandbox = 'src/engine/isolateSandbox.ts';

export const walls: readonly Guard[] = [
	{
		family: 'pollution',
		does: 'captures the language before user code can change it',
		file: 'src/engine/guest/primordials.ts',
		changes: [
			[
				'export const {parse, stringify} = JSON;',
				[
					'export const parse = (text: string): unknown => JSON.parse(text);',
					'export const stringify = (value: unknown): string => JSON.stringify(value);',
				].join('\n'),
			],
		],
		cases: ['pollution/json', 'pollution/everything'],
	},
	{
		family: 'pollution',
		does: 'writes failures in objects without a prototype',
		file: 'src/engine/guest/primordials.ts',
		changes: [['return setPrototypeOf(fields, null) as T;', 'return fields;']],
		cases: ['pollution/toJson'],
	},
	{
		family: 'pollution',
		does: 'gives the guest only so long between two calls',
		file: sandbox,
		changes: [['else if (isHeld && inside >= 0)', 'else if (this.#between > 3000 && inside >= 0)']],
		cases: ['pollution/heldRunner'],
	},
	{
		family: 'pollution',
		does: 'lets the clocks of a call run on whose end was passed over',
		file: sandbox,
		changes: [
			['else this.#checkLimits(list, now);', 'else if (inside === list.next) this.#checkLimits(list, now);'],
		],
		cases: ['pollution/waitsBeyond'],
	},
	{
		family: 'reach',
		does: 'keeps the guest in strict mode, so that no frame shows its function',
		file: 'scripts/guestBundle.ts',
		changes: [[`{"use strict";\${script}return`, `{\${script.replaceAll('"use strict";', '')}return`]],
		cases: ['reach/callSites', 'reach/callers'],
	},
	{
		family: 'reach',
		does: 'leaves no way to a constructor that it has wrapped',
		file: 'src/engine/guest/withdraw.ts',
		changes: [["	Object.defineProperty(original.prototype, 'constructor', {value: wrapper});\n", '']],
		cases: ['reach/wasm'],
	},
	{
		family: 'secrets',
		does: 'takes the frames out of a stack that are not the function’s',
		file: 'src/engine/stack.ts',
		changes: [['filter(line => !frame.test(line) || isTheirs(line))', 'filter(() => true)']],
		cases: ['secrets/stacks', 'secrets/loading'],
	},
	{
		family: 'secrets',
		does: 'shows nothing of itself in what V8 says of a module that it refuses',
		file: 'src/engine/isolateLoad.ts',
		changes: [['stack: mapper.stack(stack)', 'stack']],
		cases: ['secrets/refused'],
	},
	{
		family: 'loading',
		does: 'ends a module that loads for too long',
		file: 'src/engine/isolateLoad.ts',
		changes: [['if (looks * everyMs > wallMs)', 'if (looks * everyMs > wallMs + 60_000)']],
		cases: ['loading/neverResolves', 'loading/exportsThenable'],
	},
	{
		family: 'loading',
		does: 'watches a module until its last timer is back',
		file: 'src/engine/isolateLoad.ts',
		changes: [['		await guard.rest();\n', '']],
		cases: ['loading/timerAfterLoad'],
	},
	{
		family: 'loading',
		does: 'bounds what the places of a stack become when they are looked up',
		file: 'src/engine/stack.ts',
		changes: [
			['.slice(-longestSource)', ''],
			['.slice(0, longestText)', ''],
		],
		cases: ['loading/mapBomb'],
	},
	{
		family: 'neighbours',
		does: 'takes failures that only the host may say for the function’s own',
		file: 'src/engine/guestFailure.ts',
		changes: [
			['const code = theirs.find(known => known === told?.code);', 'const code = told?.code as FailureCode;'],
		],
		behind: {
			file: 'src/engine/guest/primordials.ts',
			changes: [['return setPrototypeOf(fields, null) as T;', 'return fields;']],
		},
		cases: ['neighbours/forgedFailure'],
	},
	{
		family: 'neighbours',
		does: 'gives each call a sandbox of its own where the policy says so',
		file: 'src/engine/executorList.ts',
		changes: [["if (build.policy.isolation === 'fresh') sandbox.close();\n		else warm", 'warm']],
		cases: ['neighbours/moduleState'],
	},
	{
		family: 'neighbours',
		does: 'takes the calls behind one that broke its sandbox to another',
		file: 'src/engine/executorList.ts',
		changes: [['while (this.#next() >= 0) await this.#slice();', 'await this.#slice();']],
		cases: ['neighbours/list', 'neighbours/memoryInList'],
	},
];
