// A worker against a home that the test plays: it publishes work, answers claims and questions for
// code, and reads what the worker says.
import type {ExecutionContext} from 'ava';
import {classes} from '#actors/lane.ts';
import {defaultPolicy} from '#actors/policy.ts';
import type {Grant} from '#actors/task.ts';
import {type Build, digestOf} from '#contract/build.ts';
import {type ClaimMessage, checkClaim} from '#contract/claim.ts';
import {checkAsk, checkHeartbeat, type Heartbeat, type Order} from '#contract/control.ts';
import {checkOutcomes, type OutcomeItem} from '#contract/outcome.ts';
import {messageTypes, type Work, type WorkItem} from '#contract/work.ts';
import {decodeFrame, encodeFrame} from '#lib/frame.ts';
import {ear, serverTopology} from '#transport/topology.ts';
import type {Delivery} from '#transport/transport.ts';
import {type Arrivals, arrivals} from '../harness/arrivals.ts';
import {intakeBytes} from '../runtime/ground.ts';
import {type World, world} from '../runtime/world.ts';

export type Said = OutcomeItem & {readonly result: unknown; readonly queue: string};
export type Asked = ClaimMessage & {readonly queue: string};

export type Puppet = World & {
	readonly outcomes: Arrivals<Said>;
	readonly claims: Arrivals<Asked>;
	readonly beats: Arrivals<Heartbeat>;
	/** Questions for code, by digest, and for tombstones: `stops`. */
	readonly questions: Arrivals<string>;
	/** What workers are told when they ask for tombstones; and what code there is. Silent: no answer. */
	readonly answers: {stops: {task: string; attempt: number}[]; silent: boolean; code: Map<string, Build>};
	readonly build: Build;
	readonly dispatch: (
		items: readonly (Partial<WorkItem> & {task: string; input?: unknown})[],
		copy?: string,
		queue?: string,
		more?: Pick<Work, 'class' | 'pool'>,
	) => Promise<void>;
	readonly grant: (claim: Asked | undefined, grant: Grant) => Promise<void>;
	readonly order: (order: Order, worker?: string) => Promise<void>;
	/** Messages that wait, in the work queue. */
	readonly waiting: () => Promise<number | undefined>;
	readonly returned: () => Promise<number | undefined>;
};

const home = 'n1';

export function aBuild(name: string, code = `export default () => '${name}';`): Build {
	const bytes = Buffer.from(code);
	const head = {
		function: name,
		runtime: 'javascript',
		handler: 'default',
		policy: defaultPolicy,
		env: {},
	} as const;
	const whole = {...head, code: bytes};
	return {...whole, map: null, digest: digestOf(whole)};
}

export async function puppet(t: ExecutionContext): Promise<Puppet> {
	const all = await world(t);
	const {line, names} = all;
	const build = aBuild('fib');
	const outcomes = arrivals<Said>('the outcomes');
	const claims = arrivals<Asked>('the claims');
	const beats = arrivals<Heartbeat>('the heartbeats');
	const questions = arrivals<string>('the questions');
	const answers: Puppet['answers'] = {stops: [], silent: false, code: new Map([[build.digest, build]])};
	await line.declare(serverTopology(names, home, intakeBytes));
	await line.declare({exchanges: [], queues: [ear(names, 'puppet', ['heartbeat.*'])]});

	const order = async (what: Order, worker = 'all', part?: Buffer) => {
		const body = encodeFrame(what, part ? [part] : []);
		const properties = {type: messageTypes.control};
		await line.publish({exchange: names.control, key: `worker.${worker}`, body, properties});
	};
	const hear = (delivery: Delivery) => {
		if (delivery.properties.type === messageTypes.claim) claims.push(readClaim(delivery));
		else for (const one of readOutcomes(delivery)) outcomes.push(one);
		return 'ack' as const;
	};
	const answer = async ({body}: Delivery) => {
		const asked = must(checkAsk(JSON.parse(body.toString())));
		questions.push(asked.type === 'code' ? asked.digest : 'stops');
		if (answers.silent) return 'ack' as const;
		if (asked.type === 'stops') await order({type: 'stop', stops: answers.stops}, asked.worker);
		else await tellCode(asked.ask, asked.worker, answers.code.get(asked.digest));
		return 'ack' as const;
	};
	const tellCode = async (ask: string, worker: string, found: Build | undefined) => {
		if (!found) return order({type: 'unknown', ask}, worker);
		const {code, map, ...head} = found;
		return order({type: 'code', ask, part: 0, parts: 1}, worker, encodeFrame(head, [code, map ?? undefined]));
	};
	await line.consume(names.node(home), {prefetch: 100}, hear);
	await line.consume(names.outcomes, {prefetch: 100}, hear);
	await line.consume(names.functions, {prefetch: 100}, answer);
	await line.consume(names.ear('puppet'), {prefetch: 100}, ({body}) => {
		beats.push(must(checkHeartbeat(JSON.parse(body.toString()))));
		return 'ack';
	});
	let copies = 0;
	return {
		...{...all, outcomes, claims, beats, questions, answers, build},
		async dispatch(
			items,
			copy = `${home}.1.${++copies}`,
			queue = names.work('default', 'normal'),
			more = classOf(queue),
		) {
			const list = items.map(({input: _, ...item}) => ({...anItem(build), ...item}));
			const body = encodeFrame(
				{copy, home, epoch: 1, ...more, items: list},
				items.map(({input = null}) => JSON.stringify(input)),
			);
			const properties = {type: messageTypes.work, messageId: copy};
			await line.publish({exchange: '', key: queue, body, properties});
		},
		grant: (claim, grant) => order({type: 'grant', claim: claim?.id ?? '', grant}, claim?.worker),
		order: (what, worker) => order(what, worker),
		waiting: () => line.depth(names.work('default', 'normal')),
		returned: () => line.depth(names.returned),
	};
}

const anItem = ({digest}: Build) => ({
	...{attempt: 1, again: false, function: 'fib', version: digest, wallMs: null, deadline: null},
});

/** Of a queue of work; a mailbox has none. */
const classOf = (queue: string): Pick<Work, 'class'> => {
	const found = classes.find(priority => queue.endsWith(`.work.default.${priority}`));
	return found ? {class: found} : {};
};

function readClaim({body, queue}: Delivery): Asked {
	return {...must(checkClaim(JSON.parse(body.toString()))), queue};
}

function readOutcomes({body, queue}: Delivery): Said[] {
	const {head, bodies} = decodeFrame<unknown>(body);
	return must(checkOutcomes(head)).items.map((item, at) => {
		const result = bodies[at * 2];
		return {...item, queue, result: result ? (JSON.parse(result.toString()) as unknown) : undefined};
	});
}

function must<T>(checked: {ok: true; value: T} | {ok: false; why: string}): T {
	if (!checked.ok) throw new Error(`The worker said what no contract allows: ${checked.why}`);
	return checked.value;
}
