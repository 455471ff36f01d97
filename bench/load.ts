import {type Run, runOf} from './stats.ts';

/** Makes one call and checks its answer; throws when the answer is wrong. */
export type Call = (body: string) => Promise<void>;

/** A call without an answer within this time makes the round void. */
const patienceMs = 30_000;
const watchMs = 1000;
const bodyBytes = 256;

/** A body that is like no other: its nonce comes back, or the answer is wrong. 256 bytes unless said. */
export function body(nonce: number, bytes = bodyBytes): string {
	const head = `{"nonce":${nonce},"pad":"`;
	return `${head}${'x'.repeat(bytes - head.length - 2)}"}`;
}

/** So many callers, each waiting for its answer before it calls again, for so long. @param bytes of a body */
export async function closedLoop(
	callers: number,
	durationMs: number,
	call: Call,
	bytes?: number,
): Promise<Run> {
	const times: number[] = [];
	const startedAt = performance.now();
	const until = startedAt + durationMs;
	const nonces = counter();
	// One timer looks after all callers: one a call would cost as much as some of what is measured.
	const begins = Array.from({length: callers}, () => startedAt);
	const caller = async (own: number): Promise<void> => {
		for (let began = performance.now(); began < until; ) {
			begins[own] = began;
			await call(body(nonces(), bytes));
			const ended = performance.now();
			times.push(ended - began);
			began = ended;
		}
		begins[own] = Number.POSITIVE_INFINITY;
	};
	const late = Promise.withResolvers<never>();
	const watch = setInterval(() => {
		if (performance.now() - Math.min(...begins) > patienceMs) late.reject(missing());
	}, watchMs);
	const all = Promise.all(begins.map((_, own) => caller(own)));
	await Promise.race([all, late.promise]).finally(() => clearInterval(watch));
	return runOf(startedAt, performance.now(), times);
}

/** So many callers, each with one call, all at once. */
export async function burst(callers: number, call: Call): Promise<Run> {
	const nonces = counter();
	const times: number[] = [];
	const startedAt = performance.now();
	const caller = async (): Promise<void> => {
		await within(call(body(nonces())));
		times.push(performance.now() - startedAt);
	};
	await Promise.all(Array.from({length: callers}, caller));
	return runOf(startedAt, performance.now(), times);
}

/** So many inputs as one request, until the outcome of the last one is read. */
export async function mapAll(size: number, send: (inputs: number) => Promise<void>): Promise<Run> {
	const startedAt = performance.now();
	await within(send(size));
	const took = performance.now() - startedAt;
	return {rate: (size / took) * 1000, p50: took, p99: took, calls: size};
}

/** All at once, until the last answer is read. */
export async function batch(size: number, send: (bodies: string[]) => Promise<void>): Promise<Run> {
	const nonces = counter();
	const bodies = Array.from({length: size}, () => body(nonces()));
	const startedAt = performance.now();
	await within(send(bodies));
	const endedAt = performance.now();
	return {
		rate: (size / (endedAt - startedAt)) * 1000,
		p50: endedAt - startedAt,
		p99: endedAt - startedAt,
		calls: size,
	};
}

function counter(): () => number {
	let last = Math.floor(Math.random() * 1e9) * 1000;
	return () => ++last;
}

async function within(work: Promise<void>): Promise<void> {
	const {promise: late, reject} = Promise.withResolvers<never>();
	const timer = setTimeout(() => reject(missing()), patienceMs);
	await Promise.race([work, late]).finally(() => clearTimeout(timer));
}

const missing = () => new Error('An answer is missing: the round is void');

/** Compares an answer with what was sent. */
export function expectEcho(sent: string, got: string): void {
	if (got !== sent) throw new Error(`A wrong answer: sent ${sent.slice(0, 60)}…, got ${got.slice(0, 200)}`);
}
