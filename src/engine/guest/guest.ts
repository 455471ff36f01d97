// Runs INSIDE the isolate, before any user code, as one strict script made of this folder
// (scripts/guest.ts → ../guestSource.ts). Its contract with ../isolateBlank.ts:
//
// takes    the callbacks of `Host` (./host.ts), plain functions of this realm that carry strings
//          and numbers, and `marks`: an Int32Array on memory that the host shares.
//          marks[0] = number of the call inside, from 1 (0: none began); marks[n] = 1: skip call n.
// gives    {load, run, lines, wake}: see ./module.ts, ./run.ts, ./timers.ts
// leaves   web-standard globals; no way to WebAssembly, shared or growing memory; no host object.
//
// Everything that runs after user code was let in uses what ./primordials.ts captured, never a
// method looked up on a prototype.
import {installAbort} from './abort.ts';
import {installBase64} from './base64.ts';
import {installClone} from './clone.ts';
import {createConsole} from './console.ts';
import {installCrypto} from './crypto.ts';
import {installEvents} from './events.ts';
import {define} from './global.ts';
import type {Host} from './host.ts';
import {createLoader} from './module.ts';
import {installPerformance} from './performance.ts';
import {createRunner} from './run.ts';
import {installText} from './text.ts';
import {createTimers} from './timers.ts';
import {installUrl} from './url.ts';
import {withdraw} from './withdraw.ts';

/** What the host may call; each is kept as a reference that user code never sees. */
export function boot(host: Host, marks: Int32Array) {
	withdraw();
	const task: {uncaught: (error: unknown) => void} = {uncaught: () => {}};
	const timers = createTimers(host.wake, error => task.uncaught(error));
	const prints = createConsole(host.log);
	define('setTimeout', timers.setTimeout);
	define('setInterval', timers.setInterval);
	define('clearTimeout', timers.clear);
	define('clearInterval', timers.clear);
	define('queueMicrotask', timers.queueMicrotask);
	define('console', prints.console);
	installText();
	installBase64();
	installEvents();
	installAbort(timers);
	installClone();
	installCrypto(host.random);
	installPerformance();
	installUrl(host.idna);
	const loader = createLoader();
	const runner = createRunner(host.emit, marks, timers, prints, loader);
	task.uncaught = runner.uncaught;
	return {load: loader.load, run: runner.run, lines: runner.lines, wake: timers.wake};
}
