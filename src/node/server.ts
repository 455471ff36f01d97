// The server role: store, home, use cases, doors.
import {randomBytes} from 'node:crypto';
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {hostname} from 'node:os';
import {join} from 'node:path';
import {monotonicFactory} from 'ulid';
import {defaultPool} from '#actors/lane.ts';
import {defaultBreaker, defaultPolicy} from '#actors/policy.ts';
import type {Api} from '#api/api.ts';
import {openApi} from '#api/open.ts';
import {createDispatch, type Way} from '#dispatch/dispatch.ts';
import {compile} from '#engine/compile.ts';
import {createAmqpDoor} from '#gateway/amqp.ts';
import type {Door} from '#gateway/gateway.ts';
import {createRest, usualDrainMs} from '#gateway/rest.ts';
import type {Keys} from '#keys/keys.ts';
import {createDice} from '#lib/dice.ts';
import {redact} from '#lib/redact.ts';
import type {Feed} from '#observe/feed.ts';
import type {Ambient} from '#observe/observe.ts';
import {type Home, openHome} from '#runtime/home.ts';
import {startable} from '#runtime/startable.ts';
import {type Autoscaler, createAutoscaler} from '#scale/autoscaler.ts';
import {createRulings, noRulings} from '#scale/rulings.ts';
import {createScaler, type Scaler} from '#scale/scaler.ts';
import type {HomeAbout} from '#store/home.ts';
import {openHints, openStore} from '#store/open.ts';
import type {Store} from '#store/store.ts';
import {names} from '#transport/topology.ts';
import type {Transport} from '#transport/transport.ts';
import {version} from '#version.ts';
import type {Inlet} from '#worker/inlet.ts';
import {spillOver} from './areas.ts';
import type {Crew} from './crew.ts';
import {drainTimeoutOf, mib, type WarrenOptions} from './options.ts';

export type Server = {
	readonly home: Home;
	readonly store: Store;
	readonly scaler: Scaler;
	readonly autoscaler: Autoscaler;
	readonly api: Api;
	readonly doors: readonly Door[];
};

const day = 24 * 60 * 60_000;

export type ServerParts = {
	readonly options: WarrenOptions;
	readonly data: string;
	readonly transport: Transport;
	readonly crew: Crew;
	/** Of the worker in this process. */
	readonly inlet: Inlet | undefined;
	readonly wayOf: (pool: string) => Way;
	readonly feed: Feed;
	/** Whom REST answers; undefined: everybody. */
	readonly keys: Keys | undefined;
	/** What is closed again if the node does not come about. */
	readonly opened: AsyncDisposableStack;
};

/** Opens the server's rooms: store, home, use cases, doors. Nothing is taken before `home.start`. */
export async function openServer(
	ambient: Ambient,
	{options, data, transport, crew, inlet, wayOf, feed, keys, opened}: ServerParts,
): Promise<Server> {
	const {broker = {}, limits = {}, http} = options;
	const storeUrl = options.store?.url ?? `sqlite:${join(data, 'warren.db')}`;
	const named = names(broker.prefix);
	const store = opened.adopt(await openStore(ambient, {url: storeUrl}), one => one.close());
	const id = options.id ?? homeId(data);
	const hints = await openHints(ambient, {url: storeUrl, self: id});
	opened.defer(() => hints?.stop());
	const home = await openHome(ambient, {
		...{id, store, transport, names: named, feed, hints},
		about: aboutOf(options, wayOf),
		dispatch(office) {
			const here = createDispatch(ambient, {transport, names: named, office, inlet, wayOf});
			return spillOver(ambient, options, {here, office, transport, names: named, store});
		},
		windowSize: options.dispatch?.window ?? 10_000,
		groupMost: options.store?.groupMost ?? 2000,
		auditMs: options.dispatch?.auditMs ?? 5000,
		leaseMs: options.leaseMs ?? 6000,
		retentionMs: options.store?.retentionMs ?? 7 * day,
		intakeBytes: limits.intakeBytes ?? 512 * mib,
		events: options.events ?? true,
		breaker: {...defaultBreaker, ...options.breaker},
		dice: Math.random,
	});
	const workers = () => home.roster.workers();
	const scaler = createScaler(ambient, {store, transport, names: named, home: home.id, workers});
	const autoscaler = createAutoscaler(ambient, {
		...{rules: options.autoscale ?? {}, home: home.id, store, scaler, roster: home.roster},
		rulings: store.shared ? createRulings(ambient, {transport, names: named, home: home.id}) : noRulings,
		startable: stock => startable(stock, home),
	});
	const about = {
		version,
		broker: redact(broker.url ?? 'memory:'),
		store: redact(storeUrl),
		startedAt: ambient.clock.now(),
	};
	const ids = monotonicFactory(createDice());
	const api = openApi({
		...{ambient, home, scaler, autoscaler, about, compile},
		check: build => crew.check(build),
		policy: {...defaultPolicy, ...options.policy},
		limits: {payloadBytes: limits.payloadBytes ?? 8 * mib},
		id: () => ids(ambient.clock.now()),
	});
	const amqp = createAmqpDoor(ambient, {
		...{api, transport, names: named, answer: home.answer, consume: home.consume},
	});
	// Whoever waits for a result is told that it goes on, before the drain timeout is over.
	const drainMs = Math.min(http?.drainMs ?? usualDrainMs, drainTimeoutOf(options) / 2);
	const doors = http
		? [amqp, createRest(ambient, {api, feed, http: {...http, drainMs}, ...(keys && {keys})})]
		: [amqp];
	return {home, store, scaler, autoscaler, api, doors};
}

/** What the other servers of a store must know of this one when it is gone. */
function aboutOf(
	{roles = ['server', 'worker'], worker, areas = {}}: WarrenOptions,
	wayOf: ServerParts['wayOf'],
): HomeAbout {
	const pool = worker?.pool ?? defaultPool;
	const isLocal = roles.includes('worker') && wayOf(pool).mode === 'local';
	return {host: hostname(), version, localPool: isLocal ? pool : null, areas: Object.keys(areas).length > 0};
}

/** A home keeps its name with its data: its tasks, its inbox and its epochs are under it. */
function homeId(data: string): string {
	const file = join(data, 'home');
	try {
		return readFileSync(file, 'utf8').trim();
	} catch {
		mkdirSync(data, {recursive: true});
		const id = `h${randomBytes(5).toString('hex')}`;
		writeFileSync(file, `${id}\n`);
		return id;
	}
}
