import {monotonicFactory} from 'ulid';
import {fail} from '#actors/failure.ts';
import {type Breaker, defaultBreaker, defaultPolicy, type Policy} from '#actors/policy.ts';
import {isTerminal} from '#actors/task.ts';
import type {Answer, Api, Submission} from '#api/api.ts';
import {openApi} from '#api/open.ts';
import type {Receipt} from '#contract/task.ts';
import {createDispatch, type Mode} from '#dispatch/dispatch.ts';
import {createAmqpDoor} from '#gateway/amqp.ts';
import {createFeed, type Feed} from '#observe/feed.ts';
import {type Home, openHome} from '#runtime/home.ts';
import {createScaler} from '#scale/scaler.ts';
import {type Store, StoreTrouble} from '#store/store.ts';
import {names} from '#transport/topology.ts';
import type {Outgoing, PublishOptions} from '#transport/transport.ts';
import {type TestAmbient, testAmbient} from '../harness/ambient.ts';
import type {Arrivals} from '../harness/arrivals.ts';
import {type Ground, intakeBytes} from './ground.ts';
import {type Hands, type HandsOptions, openHands} from './hands.ts';
import {type Life, type Mishap, mortalStore, mortalTransport, type Sent} from './life.ts';

export type ServerOptions = {
	readonly id?: string;
	readonly window?: number;
	readonly groupMost?: number;
	/** The broker is taken for one that keeps its messages. */
	readonly durable?: boolean;
	/** The step of its life at which it dies. */
	readonly diesAt?: number;
	readonly events?: boolean;
	readonly retentionMs?: number;
	readonly auditMs?: number;
	readonly payloadBytes?: number;
	/** Takes what producers publish. */
	readonly door?: boolean;
	readonly breaker?: Breaker;
	/** Several commits at once, though the store takes one after the other. */
	readonly pipeline?: Store['pipeline'];
	readonly mode?: Mode;
	/** A worker in the same process, to which it gives all attempts. */
	readonly hands?: HandsOptions;
	/** Without it the home is opened but not started. */
	readonly started?: boolean;
};

export type Server = {
	readonly ambient: TestAmbient;
	readonly home: Home;
	readonly api: Api;
	readonly store: Store;
	readonly feed: Feed;
	readonly life: Life;
	readonly hands: Hands | undefined;
	readonly sent: Arrivals<Sent>;
	/** What the test lets go wrong with the store and with the broker. */
	readonly mishaps: {
		store: (verb: string, given: readonly unknown[]) => Mishap;
		broker: (message: Outgoing, lane?: PublishOptions['lane']) => Mishap;
	};
	readonly deploy: (name: string, policy?: Partial<Policy>, code?: string) => Promise<string>;
	readonly submit: (fn: string, input?: unknown, more?: Partial<Submission>) => Promise<Receipt>;
	/** From now on it can't reach the broker, until what is returned is called. */
	readonly part: () => () => void;
	/** The process is gone: nothing it does reaches the world any more. */
	readonly crash: () => void;
	readonly start: () => Promise<void>;
	readonly stop: () => Promise<void>;
};

/** How long a server lives after its last word. */
export const leaseMs = 6000;

const trouble = new StoreTrouble(fail('UNAVAILABLE', 'The test has taken the store away'));

/** A process that starts again is another worker, as nodes name theirs. */
let lives = 0;

export async function openServer(ground: Ground, options: ServerOptions = {}): Promise<Server> {
	const {id = 'n1', window = 2000, groupMost = 2000, durable = false, events = false} = options;
	const ambient = testAmbient(ground.clock);
	const real = ground.connect();
	const life = ground.born(real, options.diesAt);
	const mishaps: Server['mishaps'] = {store: () => undefined, broker: () => undefined};
	const opened = recorded(await ground.open(ambient, life), ground.record.ends);
	const {pipeline = opened.pipeline} = options;
	const store = mortalStore(
		{...opened, pipeline},
		life,
		(verb, given) => mishaps.store(verb, given),
		trouble,
	);
	const wire = mortalTransport(real, {by: id, life, durable, record: ground.record.sent}, (message, lane) =>
		mishaps.broker(message, lane),
	);
	const {transport, sent} = wire;
	const feed = createFeed();
	const mode = options.hands ? 'local' : (options.mode ?? 'pull');
	const hands = options.hands && openHands(ambient, `${id}-hands-${++lives}`, transport, options.hands);
	const home = await openHome(ambient, {
		...{id, store, transport, names: names(), feed, events, groupMost, intakeBytes},
		hints: ground.hints?.open(id),
		about: {host: 'here', version: '0', localPool: mode === 'local' ? 'default' : null, areas: false},
		dispatch: office =>
			createDispatch(ambient, {
				...{transport, names: names(), office},
				inlet: hands?.worker.inlet,
				wayOf: () => ({mode, strategy: 'warm-first'}),
			}),
		windowSize: window,
		// Scripted workers say nothing: only tests of the audit have one.
		auditMs: options.auditMs ?? 365 * 24 * 60 * 60_000,
		leaseMs,
		retentionMs: options.retentionMs ?? 7 * 24 * 60 * 60_000,
		breaker: options.breaker ?? defaultBreaker,
		dice: () => 0.5,
	});
	const api = apiOf(ambient, home, options.payloadBytes);
	const door = createAmqpDoor(ambient, {
		...{api, transport, names: names(), answer: home.answer, consume: home.consume},
	});
	const start = async () => {
		await home.start();
		await hands?.worker.start();
		if (options.door) await door.listen();
	};
	if (options.started !== false) await start();
	return {
		...{ambient, home, api, store, feed, life, sent, mishaps, start, hands},
		...verbsOf(api),
		crash: () => life.die(),
		part() {
			const {promise, resolve} = Promise.withResolvers<void>();
			ground.sever(real, promise);
			return resolve;
		},
		async stop() {
			await door.stop();
			await hands?.worker.drain();
			await home.stop();
			await transport.stop();
			life.die();
		},
	};
}

/** The same store; ends are noted as they are committed. Who adopts an end makes none. */
function recorded(store: Store, ends: Ground['record']['ends']): Store {
	return {
		...store,
		async commit(batch) {
			const ids = batch.changes.flatMap(one => (one.kind === 'move' ? [one.task.id] : []));
			const before = await store.load(ids);
			const commit = await store.commit(batch);
			for (const [at, change] of batch.changes.entries()) {
				if (change.kind !== 'birth' && change.kind !== 'move') continue;
				const {id, state} = change.task;
				const wasOver = isTerminal(before.get(id)?.state ?? 'accepted');
				if (commit.fates[at] === 'done' && isTerminal(state) && !wasOver) ends.push({task: id, state});
			}
			return commit;
		},
	};
}

function apiOf(ambient: TestAmbient, home: Home, payloadBytes = 64 * 1024): Api {
	const ids = monotonicFactory();
	const {store, transport} = home;
	const scaler = createScaler(ambient, {store, transport, names: names(), home: home.id, workers: () => []});
	return openApi({
		...{ambient, home, scaler, policy: defaultPolicy},
		autoscaler: {explain: () => []},
		compile: async ({code}) =>
			code === 'BROKEN' ? {failure: fail('BUILD_FAILED')} : {code: Buffer.from(code), map: null},
		check: async () => undefined,
		limits: {payloadBytes},
		id: () => ids(ambient.clock.now()),
		about: {version: '0', broker: 'memory:', store: 'sqlite:', startedAt: ambient.clock.now()},
	});
}

function verbsOf(api: Api): Pick<Server, 'deploy' | 'submit'> {
	return {
		async deploy(name, policy = {}, code = `export default () => '${name}';`) {
			const {version} = must(await api.deploy({name, language: 'javascript', code, policy}));
			return version ?? '';
		},
		async submit(fn, input = null, more = {}) {
			const [answer] = await api.submit([submission(fn, input, more)]);
			if (!answer) throw new Error('Expected an answer to the submission');
			return must(answer);
		},
	};
}

export function submission(fn: string, input: unknown = null, more: Partial<Submission> = {}): Submission {
	const body = Buffer.from(JSON.stringify(input));
	return {function: fn, input: body, door: 'api', asynchronous: true, ...more};
}

/** The value of an answer. @throws when it is a failure */
export function must<T>(answer: Answer<T>): T {
	if (!answer.ok) throw new Error(`Expected a value, got ${answer.failure.code}: ${answer.failure.message}`);
	return answer.value;
}
