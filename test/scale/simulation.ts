// A pool in virtual time: tasks come as a trace says, take a slot in the order in which they came, and a worker
// is there some time after it was asked for, and says once a second what it does. The gauge and the rule are
// those of the server.
import {type Gauge, gauge, type WorkerLook} from '#scale/gauge.ts';
import {decide, type Memory, type ScaleRule} from '#scale/rule.ts';
import {Heap} from '#transport/memory/heap.ts';

export type Setting = {
	/** When tasks come, ms, sorted. */
	readonly arrivals: readonly number[];
	/** How long the n-th task takes its slot, ms. */
	readonly runMs: (task: number) => number;
	/** Of one worker. */
	readonly slots: number;
	/** From the order until it takes tasks. */
	readonly startMs: number;
	/** Between two looks. */
	readonly everyMs: number;
	/** How long it is looked at all in all. */
	readonly untilMs: number;
	readonly rule: ScaleRule;
};

export type Report = {
	readonly tasks: number;
	/** ms from a task's coming to its start. */
	readonly waitMs: {readonly p50: number; readonly p95: number; readonly p99: number};
	/** Of every worker from the order to its end. */
	readonly workerSeconds: number;
	/** No pool does with less, whoever knows what is to come: every slot is taken all the time. */
	readonly leastSeconds: number;
	/** How often the wanted number changed. */
	readonly changes: number;
	/** How often it turned from more to fewer, or back. */
	readonly turns: number;
	readonly most: number;
	readonly steps: readonly Step[];
};

export type Step = {readonly at: number; readonly workers: number; readonly why: string};

type Worker = {
	readonly id: string;
	readonly orderedAt: number;
	ready: boolean;
	leaving: boolean;
	busy: number;
	/** Sum of the moments at which those that run began. */
	begun: number;
	ended: number;
	slotMs: number;
	/** What it said last. */
	beat: WorkerLook | undefined;
};

const beatMs = 1000;

type Happening = {readonly at: number; readonly happen: () => void};

export function simulate(setting: Setting): Report {
	const {arrivals, runMs, slots, startMs, everyMs, untilMs, rule} = setting;
	const heap = new Heap<Happening>(({at}) => at);
	const workers = new Set<Worker>();
	const waits: number[] = [];
	const steps: Step[] = [];
	let [now, came, begun, spent, work, most, turns] = [0, 0, 0, 0, 0, 0, 0];
	let wanted = rule.min;
	let memory: Memory | undefined;
	let seen: Gauge | undefined;
	const at = (time: number, happen: () => void) => heap.push({at: time, happen});

	const end = (worker: Worker) => {
		workers.delete(worker);
		spent += now - worker.orderedAt;
	};
	const place = () => {
		for (const worker of workers) {
			while (begun < came && worker.ready && !worker.leaving && worker.busy < slots) run(worker, begun++);
		}
	};
	const run = (worker: Worker, task: number) => {
		const startedAt = now;
		const took = runMs(task);
		waits.push(now - (arrivals[task] as number));
		work += took;
		worker.busy++;
		worker.begun += startedAt;
		at(now + took, () => {
			worker.busy--;
			worker.begun -= startedAt;
			worker.ended++;
			worker.slotMs += took;
			if (worker.leaving && worker.busy === 0) end(worker);
			else place();
		});
	};
	const hire = () => {
		const id = `w${now}.${workers.size}.${waits.length}`;
		const worker: Worker = {
			...{id, orderedAt: now, ready: false, leaving: false},
			...{busy: 0, begun: 0, ended: 0, slotMs: 0, beat: undefined},
		};
		workers.add(worker);
		at(now + startMs, () => {
			if (!workers.has(worker)) return;
			worker.ready = true;
			beat(worker);
			place();
		});
	};
	const dismiss = (worker: Worker) => {
		worker.leaving = true;
		if (worker.busy === 0) end(worker);
	};
	const scale = () => {
		const staying = [...workers].filter(one => !one.leaving);
		most = Math.max(most, wanted);
		for (let missing = wanted - staying.length; missing > 0; missing--) hire();
		const surplus = staying.toSorted((a, b) => Number(a.ready) - Number(b.ready) || a.busy - b.busy);
		for (const worker of surplus.slice(0, Math.max(0, staying.length - wanted))) dismiss(worker);
	};
	const beat = (worker: Worker) => {
		if (!workers.has(worker)) return;
		worker.beat = lookOf(worker);
		at(now + beatMs, () => beat(worker));
	};
	const lookOf = (worker: Worker): WorkerLook => {
		const {id, busy, ended, slotMs, orderedAt} = worker;
		return {
			id,
			takes: !worker.leaving,
			slots,
			busy,
			ended,
			slotMs,
			startedAt: orderedAt,
			busyMs: busy * now - worker.begun,
		};
	};
	let up: boolean | undefined;
	const look = () => {
		const ready = [...workers].filter(one => one.ready);
		const running = ready.reduce((sum, one) => sum + one.busy, 0);
		seen = gauge(seen, {
			at: now,
			open: came - begun + running,
			workers: ready.flatMap(one => one.beat ?? []),
		});
		const decision = decide(rule, seen.load, {wanted, memory, now});
		memory = decision.memory;
		if (decision.workers !== wanted) {
			const rises = decision.workers > wanted;
			if (up !== undefined && up !== rises) turns++;
			up = rises;
			wanted = decision.workers;
			steps.push({at: now, workers: wanted, why: decision.why});
			scale();
		}
		at(now + everyMs, look);
	};

	scale();
	at(0, look);
	for (;;) {
		const next = heap.peek() as Happening;
		const arrival = arrivals[came] ?? Number.POSITIVE_INFINITY;
		if (Math.min(next.at, arrival) > untilMs) break;
		now = Math.min(next.at, arrival);
		if (arrival <= next.at) came++;
		else heap.pop()?.happen();
		place();
	}
	now = untilMs;
	for (const worker of [...workers]) end(worker);
	return {
		tasks: arrivals.length,
		waitMs: quantiles(waits, arrivals.length),
		workerSeconds: spent / 1000,
		leastSeconds: work / slots / 1000,
		changes: steps.length,
		turns,
		most,
		steps,
	};
}

/** What has not begun counts as waiting for ever. */
function quantiles(waits: readonly number[], tasks: number): Report['waitMs'] {
	const sorted = Float64Array.from(waits).sort();
	const share = (part: number) =>
		sorted[Math.max(0, Math.ceil(tasks * part) - 1)] ?? Number.POSITIVE_INFINITY;
	return {p50: share(0.5), p95: share(0.95), p99: share(0.99)};
}
