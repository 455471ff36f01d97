import {setFlagsFromString} from 'node:v8';
import {createIsolateEngine} from '#engine/isolate.ts';
import {systemClock} from '#lib/clock.ts';
import {engineContract} from './engine.ts';
import {buildOf, fixture} from './world.ts';

// As executors are started: with V8's optimising compiler the memory limit does not hold.
setFlagsFromString('--no-turbofan');

const makeEngine = () =>
	createIsolateEngine({
		clock: systemClock,
		broken(failure) {
			throw new Error(`Expected no isolate to break: ${failure.message}`);
		},
	});

engineContract('isolates', makeEngine, async () => ({
	echo: await buildOf('export default input => input;'),
	fails: await buildOf('export default () => { throw new Error("no"); };'),
	forever: await buildOf('export default input => { while (input === "forever"); return input; };'),
	hoard: await fixture('arrayBomb', {policy: {memoryMb: 64}}),
	large: await fixture('resultBomb'),
	broken: {...(await buildOf('')), code: Buffer.from('let = ;')},
	handless: await buildOf('export const other = () => 1;', {handler: 'wanted'}),
	foreign: {...(await buildOf('')), runtime: 'wasm'},
}));
