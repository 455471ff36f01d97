// A worker for a test to kill: starts one executor, lets it spin, and prints the executor's pid.
import {createExecutors} from '#worker/executorCrew.ts';
import {fixture} from '../engine/world.ts';
import {testAmbient} from '../harness/ambient.ts';
import {itemOf} from './pool.ts';
import {executorsOf} from './processes.ts';

const options = {executors: 1, slotsEach: 1, memoryBudgetMb: 64, hardRssMb: 500};
const executors = createExecutors(testAmbient(), options);
await executors.start();
executors.run(await fixture('forever', {policy: {wallMs: 600_000, cpuMs: 600_000}}), [itemOf(1)], {
	started: () => console.log(executorsOf()[0]),
	settled() {},
});
