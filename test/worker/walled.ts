// A worker whose walls a test looks at: raises them, lets an intruder try them, starts an executor, and
// prints what it saw. Run as the users, and with the rights, that workers may have.
import {
	chmodSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import {createServer, type Server} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createExecutors} from '#worker/executorCrew.ts';
import type {Wall} from '#worker/executorPrefix.ts';
import {executorProgram, flagsOf} from '#worker/executorProgram.ts';
import {raiseWalls} from '#worker/executorWalls.ts';
import {buildOf} from '../engine/world.ts';
import {type LogLine, testAmbient} from '../harness/ambient.ts';
import {type Haul, intrude, type Loot} from './intruder.ts';
import {itemOf, outcomesOf} from './pool.ts';
import {executorOf} from './processes.ts';

export type Walled = {
	/** As the start-up line says. */
	readonly held: readonly Wall[];
	readonly missing: Readonly<Partial<Record<Wall, string>>>;
	readonly line: LogLine | undefined;
	/** Behind the walls; with no walls; with no walls but Node's own. */
	readonly behind: Haul;
	readonly outside: Haul;
	readonly permitted: Haul;
	/** What `strict` says to it; null: it starts. */
	readonly strict: string | null;
	readonly executor: Executor;
};

/** Of a real executor after it ran a task, as its worker sees it in /proc. */
type Executor = {
	readonly pid: number;
	readonly result: string;
	readonly environment: string;
	readonly status: string;
	readonly stat: string;
	readonly limits: string;
	readonly score: number;
	/** Where each open descriptor leads. */
	readonly descriptors: readonly string[];
};

async function listen(server: Server, where: string | number): Promise<number> {
	await new Promise<void>(resolve => server.listen(where, () => resolve()));
	const address = server.address();
	return typeof address === 'object' && address ? address.port : 0;
}

async function lookAtExecutor(): Promise<{executor: Executor; line: LogLine | undefined}> {
	const ambient = testAmbient();
	const limits = {executors: 1, slotsEach: 1, memoryBudgetMb: 64, hardRssMb: 700};
	const executors = createExecutors(ambient, limits);
	await executors.start();
	const [outcome] = await outcomesOf(executors, await buildOf('export default n => n + 1;'), [itemOf(41)]);
	const pid = executorOf();
	const read = (name: string) => readFileSync(`/proc/${pid}/${name}`, 'latin1');
	const leadsTo = (fd: string) => `${fd} ${readlinkSync(`/proc/${pid}/fd/${fd}`)}`;
	const executor = {
		pid,
		result: String(outcome?.result),
		environment: read('environ'),
		status: read('status'),
		stat: read('stat'),
		limits: read('limits'),
		score: Number(read('oom_score_adj')),
		descriptors: readdirSync(`/proc/${pid}/fd`).map(leadsTo),
	};
	await executors.close();
	return {executor, line: ambient.lines.find(({msg}) => msg.includes('walls'))};
}

const folder = mkdtempSync(join(tmpdir(), 'warren-walled-'));
chmodSync(folder, 0o777);
const [tcp, local] = [createServer(), createServer()];
const loot: Loot = {
	port: await listen(tcp, 0),
	socket: `\0warren-walled-${process.pid}`,
	open: join(folder, 'open'),
	own: join(folder, 'own'),
	folder,
	worker: process.pid,
	source: executorProgram().main,
};
await listen(local, loot.socket);
writeFileSync(loot.open, 'open', {mode: 0o644});
writeFileSync(loot.own, 'own', {mode: 0o600});
const walls = await raiseWalls(testAmbient());
const bare = {command: (program: readonly string[]) => program};
const seen: Walled = {
	...(await lookAtExecutor()),
	held: walls.held,
	missing: walls.missing,
	strict: await raiseWalls(testAmbient(), {sandbox: 'strict'}).then(
		() => null,
		(error: Error) => error.message,
	),
	behind: await intrude(walls, loot),
	outside: await intrude(bare, loot),
	permitted: await intrude(bare, loot, flagsOf(walls.program)),
};
rmSync(folder, {recursive: true});
tcp.close();
local.close();
console.log(JSON.stringify(seen));
