import {type Duplex, PassThrough} from 'node:stream';
import {createActor} from 'xstate';
import {checkExecutorNews, type ExecutorNews, type ExecutorOrder, mostNewsBytes} from '#contract/executor.ts';
import {openChannel} from '#engine/channel.ts';
import type {Frame} from '#lib/frame.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Death} from './executorBlame.ts';
import {type BuildShelf, createBuildShelf} from './executorBuilds.ts';
import type {Job} from './executorJob.ts';
import {launch} from './executorLaunch.ts';
import {type Culprit, executorMachine, type KillReason} from './executorMachine.ts';
import {residentBytes} from './executorMemory.ts';
import {culpritOf, outcomeOf} from './executorNews.ts';
import type {Stocking} from './executorStocking.ts';
import {createStops} from './executorStops.ts';
import type {Walls} from './executorWalls.ts';

/** How often the supervisor looks at its executors; memory bombs grow by 80 MB in that time. */
export const tickMs = 100;
const heartbeatMs = 250;
// So many looks without a word, and it is dead to us. Looks, not time: it may be us who slept.
const mostMissed = 50;
const startMs = 30_000;
/** How long a dead process's last words are waited for. */
const lastWordsMs = 1000;
const longestComplaint = 8192;

export type ChildOptions = {
	readonly name: string;
	readonly memoryBudgetBytes: number;
	readonly hardRssBytes: number;
	readonly walls: Walls;
	readonly nodeFlags: readonly string[];
	readonly stocking: Stocking;
	ready(): void;
	/** A list ended: there is room. */
	room(): void;
	died(death: Death): void;
};

export type ChildState = 'starting' | 'ready' | 'retiring' | 'dying' | 'dead';

/** One executor process and what it was given. */
export class ExecutorChild {
	readonly name: string;
	readonly jobs = new Map<number, Job>();
	readonly #ambient: Ambient;
	readonly #options: ChildOptions;
	readonly #machine = createActor(executorMachine);
	readonly #process: ReturnType<typeof launch>;
	readonly #channel: ReturnType<typeof openChannel>;
	readonly #builds: BuildShelf;
	readonly #startBy: () => void;
	readonly #stops = createStops();
	#lastList = 0;
	#missed = 0;
	#ran = 0;
	#rssBytes = 0;
	#warm: Readonly<Record<string, number>> = {};
	#stocking: string | null = null;
	#complaint = '';
	// How the process ended; the rest of its news is read before that counts.
	#how: string | undefined;
	#channelOver = false;
	#finished = false;
	#wasReady = false;

	constructor(ambient: Ambient, options: ChildOptions) {
		this.name = options.name;
		this.#ambient = ambient;
		this.#options = options;
		this.#builds = createBuildShelf(
			(order, bodies) => this.#channel.send(order, bodies),
			digest => options.stocking.allows(digest),
		);
		this.#machine.start();
		this.#process = launch(options.name, options.walls, options.nodeFlags);
		// Where there are too many open files, Node gives no streams at all, and an `error` event soon.
		const stream = (this.#process.stdio as (Duplex | null)[] | undefined)?.[3] ?? new PassThrough();
		this.#channel = openChannel(stream, {
			mostBytes: mostNewsBytes,
			received: frame => this.#received(frame),
			closed: error => this.#closed(error),
		});
		this.#process.stderr?.on('data', chunk => this.#complain(chunk));
		this.#process.once('error', error => this.#gone(error.message));
		this.#process.once('exit', (code, signal) => this.#gone(signal ?? `code ${code}`));
		this.#startBy = ambient.clock.after(startMs, () => this.kill('start'));
		this.#send({type: 'hello', memoryBudgetBytes: options.memoryBudgetBytes, heartbeatMs});
	}

	get state(): ChildState {
		const {value} = this.#machine.getSnapshot();
		return this.#how !== undefined && value !== 'dead' ? 'dying' : value;
	}

	get pid(): number | undefined {
		return this.#process.pid;
	}

	get rssBytes(): number {
		return this.#rssBytes;
	}
	/** Warm sandboxes by function name, as of its last heartbeat. */
	get warm(): Readonly<Record<string, number>> {
		return this.#warm;
	}

	get wasReady(): boolean {
		return this.#wasReady;
	}
	/** How many attempts it has run. */
	get ran(): number {
		return this.#ran;
	}

	knows(digest: string): boolean {
		return this.#builds.has(digest);
	}

	/** Gives it a list of which nothing has ended. Only while it is ready. */
	assign(job: Job): void {
		const inUse = (digest: string) => [...this.jobs.values()].some(other => other.build.digest === digest);
		this.#builds.provide(job.build, inUse);
		const list = this.#lastList++;
		this.jobs.set(list, job);
		const items = job.send(this.#ambient.clock.now());
		const inputs = job.items.map(({input}) => input);
		this.#send({type: 'run', list, digest: job.build.digest, check: job.check, items}, inputs);
	}

	/** Ends one of its items with CANCELLED; if it can't, it is killed for it. */
	stop(job: Job, index: number): void {
		const list = [...this.jobs].find(([, other]) => other === job)?.[0];
		if (list === undefined) return;
		this.#send({type: 'stop', list, index});
		this.#stops.add(list, job, index);
	}

	/** Nothing new: it ends when its lists have. */
	retire(): void {
		if (this.state === 'starting') this.kill('closed');
		if (this.state !== 'ready') return;
		this.#machine.send({type: 'retire'});
		this.#send({type: 'retire'});
	}

	kill(reason: KillReason, culprit: Culprit | null = null): void {
		if (this.state === 'dead' || this.state === 'dying') return;
		this.#machine.send({type: 'kill', reason, culprit});
		this.#process.kill('SIGKILL');
	}

	/** Looks after it; called every `tickMs`. */
	tick(): void {
		if (this.state === 'dead' || this.state === 'dying' || this.pid === undefined) return;
		this.#rssBytes = residentBytes(this.pid) ?? this.#rssBytes;
		this.#missed += 1;
		const overdue = this.#stops.overdue();
		if (this.#rssBytes > this.#options.hardRssBytes) this.kill('memory');
		else if (this.state !== 'starting' && this.#missed > mostMissed) this.kill('silent');
		else if (overdue) this.kill('stuck', overdue);
	}

	#send(order: ExecutorOrder, bodies?: readonly (Buffer | undefined)[]): void {
		this.#channel.send(order, bodies);
	}

	#received({head, bodies}: Frame<unknown>): void {
		if (this.#machine.getSnapshot().context.reason === 'hostile') return;
		this.#missed = 0;
		const checked = checkExecutorNews(head);
		if (checked.ok) this.#heard(checked.value, bodies);
		else this.#distrust(checked.why);
	}

	#heard(news: ExecutorNews, bodies: Frame<unknown>['bodies']): void {
		if (news.type === 'taken') this.jobs.get(news.list)?.take(this.#ambient.clock.now());
		else if (news.type === 'settled') this.#settled(news, bodies);
		else if (news.type === 'heartbeat') this.#warm = news.warm;
		else if (news.type === 'stocking') this.#stocking = news.digest;
		else if (news.type === 'stuck') this.kill('stuck', culpritOf(news, this.jobs, this.#ran));
		else if (this.state === 'starting') this.#ready();
		else this.#distrust('it was ready twice');
	}

	#ready(): void {
		this.#startBy();
		this.#wasReady = true;
		this.#machine.send({type: 'ready'});
		this.#options.ready();
	}

	#settled({items}: Extract<ExecutorNews, {type: 'settled'}>, bodies: Frame<unknown>['bodies']): void {
		const now = this.#ambient.clock.now();
		let room = false;
		for (const [at, settled] of items.entries()) {
			const job = this.jobs.get(settled.list);
			const item = job?.items[settled.index];
			const parts = {result: bodies[2 * at], logs: bodies[2 * at + 1]};
			const outcome = item && outcomeOf(this.name, job, item, settled, parts);
			if (!job || !outcome || job.isOver(settled.index)) {
				this.#distrust('it settled what it was not given');
				return;
			}
			this.#ran += 1;
			job.advance(settled.index, outcome, now);
			if (!job.over) continue;
			this.jobs.delete(settled.list);
			room = true;
		}
		if (room) this.#options.room();
	}

	#distrust(why: string): void {
		this.#ambient.log.error({executor: this.name, why}, 'executor sent what no executor sends; killed');
		this.kill('hostile');
	}

	#closed(error: Error | undefined): void {
		if (error && this.state !== 'dying' && this.state !== 'dead') this.#distrust(error.message);
		this.#channelOver = true;
		if (this.#how !== undefined) this.#finish();
	}

	/** The process is gone; what it sent before may still be on its way. */
	#gone(how: string): void {
		if (this.#how !== undefined) return;
		this.#how = how;
		if (this.#channelOver || this.pid === undefined) this.#finish();
		else this.#ambient.clock.after(lastWordsMs, () => this.#finish());
	}

	#finish(): void {
		if (this.#finished) return;
		this.#finished = true;
		this.#startBy();
		this.#channel.close();
		const {value, context} = this.#machine.getSnapshot();
		const {reason, culprit} = context;
		// One that was told to retire ends in the midst of it, and died of nobody.
		if (this.#stocking !== null && value !== 'retiring') this.#options.stocking.diedOf(this.#stocking);
		this.#machine.send({type: 'exit'});
		this.#options.died({reason, culprit, how: this.#how ?? 'unknown', complaint: this.#complaint});
	}

	#complain(chunk: Buffer): void {
		this.#complaint = (this.#complaint + chunk.toString('utf8')).slice(-longestComplaint);
	}
}
