// The worker role, and the executors that both roles need: a worker runs tasks in them, a server checks
// in them what is deployed.
import {randomBytes} from 'node:crypto';
import {availableParallelism, hostname} from 'node:os';
import {defaultExecutorBounds} from '#actors/executorBounds.ts';
import type {Failure} from '#actors/failure.ts';
import {areTags, defaultPool, mostTags} from '#actors/lane.ts';
import type {Build} from '#contract/build.ts';
import type {Ambient} from '#observe/observe.ts';
import {names} from '#transport/topology.ts';
import type {Transport} from '#transport/transport.ts';
import {version} from '#version.ts';
import {createExecutors} from '#worker/executorCrew.ts';
import type {Executors} from '#worker/executors.ts';
import {tallied} from '#worker/tally.ts';
import {createWorker, type Worker} from '#worker/worker.ts';
import type {Role, WarrenOptions} from './options.ts';

export type Crew = {
	readonly executors: Executors;
	/** Loads a build in an executor; they are started when the first one comes. */
	check(build: Build): Promise<Failure | undefined>;
};

export function openCrew(ambient: Ambient, roles: readonly Role[], {worker = {}}: WarrenOptions): Crew {
	const executors = createExecutors(ambient, {
		// A server without the role `worker` has one, for the checks.
		executors: roles.includes('worker') ? (worker.executors ?? availableParallelism()) : 1,
		// Checks that an executor took with it can wait for another; tasks that are suspects shall not.
		spare: roles.includes('worker'),
		slotsEach: worker.slots ?? 4,
		memoryBudgetMb: worker.memoryBudgetMb ?? defaultExecutorBounds.memoryBudgetMb,
		hardRssMb: worker.hardRssMb ?? defaultExecutorBounds.hardRssMb,
		...(worker.sandbox && {sandbox: worker.sandbox}),
		...(worker.sandboxUser !== undefined && {sandboxUser: worker.sandboxUser}),
	});
	return {
		executors,
		async check(build) {
			await executors.start();
			return executors.check(build);
		},
	};
}

export function openWorker(
	ambient: Ambient,
	options: WarrenOptions,
	transport: Transport,
	{executors}: Crew,
): Worker {
	const {pool = defaultPool, tags = [], heartbeatFile, supervisor} = options.worker ?? {};
	if (!areTags(tags)) {
		throw new TypeError(
			`Expected \`worker.tags\` to be at most ${mostTags} names of lower-case letters, digits and dashes, got \`${tags.join(', ')}\``,
		);
	}
	return createWorker(ambient, {
		id: `${hostname().replaceAll(/[^A-Za-z0-9-]/g, '-')}-${process.pid}-${randomBytes(3).toString('hex')}`,
		pool,
		tags,
		transport,
		names: names(options.broker?.prefix),
		executors: tallied(ambient.clock, executors),
		heartbeatMs: options.worker?.heartbeatMs ?? 1000,
		version,
		...(heartbeatFile !== undefined && {heartbeatFile}),
		...(supervisor && {supervisor}),
	});
}
