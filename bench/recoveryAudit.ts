// What the background audit costs: the closed loop of the main job beside an audit every five seconds, and
// beside one an hour, by two servers with a worker each on one broker, in turns.
import {join} from 'node:path';
import {prefix} from '../test/harness/rabbit.ts';
import {startNode} from './child.ts';
import {foreignDuring, mostForeign} from './cpu.ts';

const callers = 64;
/** A round in which others used the machine is made again, at most so often; the least dirty one counts. */
const mostTries = 3;
const oftenMs = 5000;
const seldomMs = 60 * 60_000;

export type AuditCost = {
	/** Calls a second beside many audits and beside none. */
	readonly often: number;
	readonly seldom: number;
	/** The share of the calls that the audits cost; below 0: nothing that is to be seen. */
	readonly cost: number;
	/** The share of the machine that others used meanwhile. */
	readonly foreign: number;
};

export async function auditCost(
	broker: string,
	folder: string,
	rounds: number,
	durationMs: number,
): Promise<AuditCost[]> {
	const often = await startPair(broker, join(folder, 'often'), oftenMs);
	const seldom = await startPair(broker, join(folder, 'seldom'), seldomMs);
	const loop = async ({server}: Pair) => {
		const {run} = await server.ask({do: 'loop', callers, durationMs});
		if (!run) throw new Error('A node of the bench gave no run');
		return run.rate;
	};
	const costs: AuditCost[] = [];
	for (const pair of [often, seldom]) await loop(pair);
	// Who comes first changes, so that a machine that grows slower or faster favours neither.
	const compare = async (order: readonly Pair[]): Promise<AuditCost> => {
		const {value: rates, foreign} = await foreignDuring(async () => {
			const found = new Map<Pair, number>();
			for (const pair of order) found.set(pair, await loop(pair));
			return found;
		});
		const [a = Number.NaN, b = Number.NaN] = [rates.get(often), rates.get(seldom)];
		return {often: a, seldom: b, cost: 1 - a / b, foreign};
	};
	for (let round = 0; round < rounds; round++) {
		const order = round % 2 === 0 ? [often, seldom] : [seldom, often];
		let cleanest = await compare(order);
		for (let tries = 1; tries < mostTries && cleanest.foreign > mostForeign; tries++) {
			const next = await compare(order);
			if (next.foreign < cleanest.foreign) cleanest = next;
		}
		costs.push(cleanest);
	}
	for (const pair of [often, seldom]) await pair.stop();
	return costs;
}

type Pair = Awaited<ReturnType<typeof startPair>>;

async function startPair(broker: string, data: string, auditMs: number) {
	const shared = {broker, prefix: prefix(), executors: 1};
	const server = await startNode({...shared, roles: ['server'], data: join(data, 'server'), auditMs});
	const worker = await startNode({...shared, roles: ['worker'], data: join(data, 'worker')});
	await server.ask({do: 'deploy', name: 'echo', code: 'export default input => input;'});
	return {
		server,
		async stop() {
			await worker.stop();
			await server.stop();
		},
	};
}
