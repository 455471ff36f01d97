import {readFile} from 'node:fs/promises';
import {defaultPolicy} from '#actors/policy.ts';
import {type Build, digestOf} from '#contract/build.ts';
import {engineContract} from './engine.ts';
import {createWasmEngine} from './wasm.ts';
import {buildOf} from './world.ts';

async function handler(name: string, more: Partial<Build> = {}): Promise<Build> {
	const code = await readFile(new URL('./tiny.wasm', import.meta.url));
	const policy = {...defaultPolicy, memoryMb: 32};
	const whole = {function: 'tiny', runtime: 'wasm', handler: name, policy, env: {}, code} as const;
	return {...whole, map: null, digest: digestOf(whole), ...more};
}

engineContract('wasm', createWasmEngine, async () => ({
	echo: await handler('default'),
	fails: await handler('fails'),
	forever: await handler('forever'),
	hoard: await handler('hoard'),
	large: await handler('large'),
	broken: await handler('default', {code: Buffer.from('not a module')}),
	handless: await handler('nothing'),
	foreign: await buildOf('export default () => 1;'),
}));
