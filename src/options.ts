// The settings of a process as the options of its node.
import type {Policy} from '#actors/policy.ts';
import type {Config} from '#config/config.ts';
import type {ScaleRule} from '#scale/rule.ts';
import type {WarrenOptions} from '#warren.ts';

const mebi = 2 ** 20;

/** @param keeper the supervisor that keeps this process, if one does */
export function optionsOf(config: Config, keeper?: string): WarrenOptions {
	const {roles, node, broker, store, http, worker, breaker, dispatch, autoscale, limits, intake, events} =
		config;
	return {
		roles,
		data: node.data,
		...(node.id !== null && {id: node.id}),
		leaseMs: node.lease,
		policy: policyOf(config),
		broker: brokerOf(broker),
		store: {url: store.url, retentionMs: store.retention, groupMost: store.groupMax},
		http: {
			host: http.host,
			port: http.port,
			bodyLimitBytes: http.bodyLimit,
			batchItems: limits.batch,
			open: http.open,
			openMetrics: http.openMetrics,
			...(http.keys !== null && {keys: http.keys}),
		},
		worker: {
			pool: worker.pool,
			tags: worker.tags ?? [],
			executors: worker.executors,
			slots: worker.slots,
			memoryBudgetMb: Math.round(worker.memoryBudget / mebi),
			hardRssMb: Math.round(worker.hardRss / mebi),
			sandbox: worker.sandbox,
			sandboxUser: worker.sandboxUser,
			heartbeatMs: worker.heartbeat,
			...(worker.heartbeatFile !== null && {heartbeatFile: worker.heartbeatFile}),
			drainTimeoutMs: worker.drainTimeout,
			...(keeper !== undefined && {supervisor: keeper}),
		},
		breaker: {crashes: breaker.crashes, windowMs: breaker.window},
		dispatch: {
			...{window: dispatch.window, auditMs: dispatch.audit, strategy: dispatch.strategy},
			...(dispatch.mode && {mode: dispatch.mode}),
			pools: Object.fromEntries(dispatch.pools.map(({pool, ...way}) => [pool, way])),
		},
		...areasOf(config),
		autoscale: Object.fromEntries(autoscale.map(ruleOf)),
		limits: {payloadBytes: limits.payload, intakeBytes: intake.maxBytes},
		events: events.enabled,
	};
}

function areasOf({areas, area, spill}: Config): Pick<WarrenOptions, 'area' | 'areas' | 'spill'> {
	const {wait: targetWait, atOnce: most, patience: patienceMs} = spill;
	const named = areas.map(({name, url, key}) => [name, {url, ...(key !== null && {key})}] as const);
	return {
		...(area.name !== null && {area: area.name}),
		areas: Object.fromEntries(named),
		spill: {targetWait, most, patienceMs},
	};
}

function ruleOf({pool, min, max, targetWait, cooldown}: Config['autoscale'][number]): [string, ScaleRule] {
	const {up: upMs, down: downMs} = cooldown;
	return [pool, {min, max, targetWaitMs: targetWait, cooldown: {upMs, downMs}}];
}

export function brokerOf({ca, cert, key, ...rest}: Config['broker']) {
	return {...rest, ...(ca && {ca}), ...(cert && {cert}), ...(key && {key})};
}

function policyOf({defaults}: Config): Policy {
	const {wall, cpu, memory, backoff, ...rest} = defaults;
	const {base: baseMs, factor, max: maxMs} = backoff;
	return {...rest, wallMs: wall, cpuMs: cpu, memoryMb: memory / mebi, backoff: {baseMs, factor, maxMs}};
}
