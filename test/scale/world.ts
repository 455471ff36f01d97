// Scalers of servers on one broker in this process and one store, and supervisors that a test plays.
import {setImmediate as turn} from 'node:timers/promises';
import type {ExecutionContext} from 'ava';
import type {WorkerView} from '#contract/status.ts';
import {checkSupervisorOrder, type SupervisorBeat, type SupervisorOrder} from '#contract/supervisor.ts';
import {createScaler, type Scaler} from '#scale/scaler.ts';
import type {HomeView} from '#store/home.ts';
import {openSqlite} from '#store/sqlite/store.ts';
import {createHub} from '#transport/memory/hub.ts';
import {ear, names} from '#transport/topology.ts';
import type {Transport} from '#transport/transport.ts';
import {testAmbient} from '../harness/ambient.ts';
import {createFakeClock} from '../harness/clock.ts';

const named = names();
const second = 1000;

/** Plays a supervisor that does at once as it is told. */
export type Played = {
	readonly id: string;
	readonly orders: readonly SupervisorOrder[];
	readonly wanted: number | null;
	/** What its heartbeats say besides. */
	more: Partial<SupervisorBeat>;
	/** It says nothing for now. */
	silent: boolean;
	/** It hears orders no more. */
	deaf: boolean;
	/** It says nothing more. */
	leave(): void;
};

export async function world(t: ExecutionContext) {
	const clock = createFakeClock();
	const ambient = testAmbient(clock);
	const hub = createHub(ambient);
	t.teardown(() => hub.stop());
	const store = await openSqlite(ambient, {path: ':memory:'});
	t.teardown(() => store.close());
	const players = new Set<() => Promise<void>>();
	const homes: Pick<HomeView, 'home' | 'live'>[] = [];
	const workers: WorkerView[] = [];
	const lines: Transport[] = [];
	/** Every server loses its connection for so long, in which supervisors say nothing that it could hear. */
	const cut = async (seconds: number) => {
		clock.advance(seconds * second);
		for (const line of lines) hub.sever(line);
		await quiet();
	};

	const quiet = async () => {
		for (let n = 0; n < 30; n++) await turn();
	};
	const pass = async (seconds: number) => {
		for (let n = 0; n < seconds; n++) {
			for (const beat of players) await beat();
			await quiet();
			clock.advance(second);
			await quiet();
		}
	};
	const server = async (home = 'n1', live = true): Promise<Scaler> => {
		homes.push({home, live});
		const some = {...store, shared: true, homes: async () => homes};
		const transport = hub.connect();
		lines.push(transport);
		const parts = {store: some, transport, names: named, home, workers: () => workers};
		const scaler = createScaler(ambient, parts);
		t.teardown(() => scaler.stop());
		await scaler.start();
		return scaler;
	};
	const supervisor = async (id: string, pool = 'default'): Promise<Played> => {
		const transport = hub.connect();
		const orders: SupervisorOrder[] = [];
		let wanted: number | null = null;
		let restart: SupervisorBeat['restart'] = null;
		const beat = async () => {
			if (player.silent) return;
			const list = Array.from({length: wanted ?? 0}, (_, at) => ({
				...{pid: at + 1, worker: `${id}-w${at}`, state: 'ready' as const},
			}));
			const said: SupervisorBeat = {
				...{supervisor: id, pool, host: 'h', pid: 1, version: '0', state: 'running', wanted, workers: list},
				...{restarts: 0, trouble: null, restart, startedAt: 0, everyMs: second, at: clock.now()},
				...player.more,
			};
			const body = Buffer.from(JSON.stringify(said));
			await transport.publish({exchange: named.control, key: `heartbeat.supervisor.${id}`, body});
		};
		const player = {
			...{id, orders, more: {} as Partial<SupervisorBeat>, deaf: false, silent: false},
			get wanted() {
				return wanted;
			},
			leave: () => void players.delete(beat),
		};
		await transport.declare({
			exchanges: [{name: named.control, type: 'topic'}],
			queues: [ear(named, id, [`supervisor.${id}`])],
		});
		await transport.consume(named.ear(id), {prefetch: 10}, ({body}) => {
			const checked = checkSupervisorOrder(JSON.parse(body.toString()));
			if (!checked.ok || player.deaf) return 'ack';
			orders.push(checked.value);
			if (checked.value.type === 'restart') restart = {id: checked.value.id, left: 0};
			else wanted = checked.value.workers ?? 7;
			return 'ack';
		});
		players.add(beat);
		return player;
	};
	return {cut, ambient, clock, homes, workers, pass, quiet, server, supervisor};
}
