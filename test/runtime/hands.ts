// The worker in a server's own process, to which it gives its attempts without a message.

import {names} from '#transport/topology.ts';
import type {Transport} from '#transport/transport.ts';
import {createWorker, type Worker} from '#worker/worker.ts';
import type {TestAmbient} from '../harness/ambient.ts';
import {type Run, type Scripted, scripted} from './scripted.ts';

export type Hands = {readonly worker: Worker; readonly executors: Scripted; readonly runs: Scripted['runs']};

export type HandsOptions = {readonly slots?: number; readonly act?: (run: Run) => void};

export function openHands(
	ambient: TestAmbient,
	id: string,
	transport: Transport,
	{slots = 4, act}: HandsOptions,
): Hands {
	const executors = scripted(slots, act);
	const worker = createWorker(ambient, {
		...{id, pool: 'default', transport, names: names(), executors},
		...{heartbeatMs: 1000, version: '0'},
	});
	return {worker, executors, runs: executors.runs};
}
