// What a long queue costs: submitting and draining with a thousand queued, and with a million. At both ends
// the worker is there and warm, and held back by tasks that fill its slots until they are cancelled: what is
// measured is neither its start nor a worker and a server that compete. At the small end a thousand are
// submitted and drained again and again, until they are as many as are measured at the large end: the last
// tenth of what is submitted, and the first tenth of what is drained. Thirty thousand stand between: a thousand
// fit into the broker's window, more wait in the store, and that makes a difference of its own.
import {freshSchema, ownPostgres} from '../test/harness/postgres.ts';
import type {Child} from './child.ts';
import {foreignDuring, residentBytes} from './cpu.ts';
import {dirtiest, figure, type Part} from './figure.ts';
import {type Group, startGroup} from './group.ts';
import type {Pace} from './queue.ts';
import {postgresSettings, type Setting} from './scalingSetting.ts';

const small = 1000;
const middle = 30_000;
/** Each attempt of the gate takes one of the worker's slots. */
const slots = 4;
const gateMs = 20 * 60_000;
const gateCode = `export default () => new Promise(open => setTimeout(open, ${gateMs}));`;
const echoCode = 'export default input => input;';
const megabyte = 1e6;
const lookMs = 500;
/** More than that beyond an empty server would not be called bounded. */
const mostMoreMb = 128;
/** At its peak: what docs/scaling.md allows a lane and a commit, 96 MiB, and as much of garbage again. */
const mostPeakMb = 200;

type Rates = {readonly submit: number; readonly drain: number};
type Round = {
	readonly few: Rates;
	readonly some: Rates;
	readonly many: Rates;
	/** MB. */
	readonly emptyMb: number;
	readonly fullMb: number;
	readonly mostMb: number;
	readonly foreign: number;
};

export async function backlog(setting: Setting): Promise<Part> {
	return measure(setting, 'SQLite', () => startGroup(setting, {worker: {slots}}));
}

/** Each round has a schema of its own, as it has a file of SQLite. */
export async function backlogOnPostgres(setting: Setting): Promise<Part> {
	const postgres = await ownPostgres('the database of a long queue', postgresSettings);
	try {
		return await measure(setting, 'PostgreSQL', async () => {
			const {url: store, drop} = await freshSchema(postgres.url);
			const group = await startGroup(setting, {worker: {slots}, store});
			const kill = async () => {
				await group.kill();
				await drop();
			};
			return {...group, kill};
		});
	} finally {
		await postgres.stop();
	}
}

async function measure(setting: Setting, store: string, start: () => Promise<Group>): Promise<Part> {
	const {rounds: count, backlog: large, say} = setting;
	const rounds: Round[] = [];
	for (let at = 0; at < count; at++) {
		say(`  round ${at + 1}`);
		const group = await start();
		const {value, foreign} = await foreignDuring(() => round(group, setting));
		await group.kill();
		rounds.push({...value, foreign});
	}
	const of = (pick: (round: Round) => number, unit: string, wanted?: Parameters<typeof figure>[2]) =>
		figure(rounds.map(pick), unit, wanted);
	return {
		figures: {
			[`submitting at ${large} to at ${small}`]: of(({few, many}) => many.submit / few.submit, '×', {
				atLeast: 0.7,
			}),
			[`draining at ${large} to at ${small}`]: of(({few, many}) => many.drain / few.drain, '×', {
				atLeast: 0.7,
			}),
			'server, full less empty': of(({emptyMb, fullMb}) => fullMb - emptyMb, 'MB', {atMost: mostMoreMb}),
			'server, at most less empty': of(({emptyMb, mostMb}) => mostMb - emptyMb, 'MB', {atMost: mostPeakMb}),
			[`submitting at ${small}`]: of(({few}) => few.submit, '/s'),
			[`submitting at ${middle}`]: of(({some}) => some.submit, '/s'),
			[`submitting at ${large}`]: of(({many}) => many.submit, '/s'),
			[`draining at ${small}`]: of(({few}) => few.drain, '/s'),
			[`draining at ${middle}`]: of(({some}) => some.drain, '/s'),
			[`draining at ${large}`]: of(({many}) => many.drain, '/s'),
			'server, empty': of(({emptyMb}) => emptyMb, 'MB'),
			'server, full': of(({fullMb}) => fullMb, 'MB'),
			'server, at most': of(({mostMb}) => mostMb, 'MB'),
		},
		foreign: dirtiest(rounds),
		notes: [
			`${store}; lists of 1,000 at the Api; ${portion(large)} tasks measured at each end; memory is what server ` +
				`and the executor that it checks with have resident`,
		],
	};
}

/** How many are measured at each end. */
const portion = (large: number): number => Math.max(small, Math.round(large / 10));

async function round(
	{servers: [server]}: Group,
	{backlog: large, say}: Setting,
): Promise<Omit<Round, 'foreign'>> {
	if (!server) throw new Error('Expected a group with a server');
	const memory = watchMemory(server.pid);
	await server.ask({do: 'deploy', name: 'gate', code: gateCode, policy: {wallMs: gateMs}});
	await server.ask({do: 'deploy', name: 'echo', code: echoCode});
	const part = portion(large);
	// The first ones warm the worker, and teach the server how long they take.
	await cycles(server, small, 3 * small);
	const few = await cycles(server, small, part);
	const some = await cycles(server, middle, part);
	const emptyMb = memory.now();
	say(`  ${shown(few)} at ${small}; ${shown(some)} at ${middle}; filling up to ${large}`);
	const open = await shut(server);
	await fill(server, large - part);
	const submit = await fill(server, part);
	const fullMb = memory.now();
	const many = {submit: rate([submit]), drain: rate([await open(part)])};
	say(`  ${shown(many)} at ${large}`);
	return {few, some, many, emptyMb, fullMb, mostMb: memory.stop()};
}

/** Submits so many and drains them, until so many were measured. */
async function cycles(server: Child, size: number, part: number): Promise<Rates> {
	const submits: Pace[] = [];
	const drains: Pace[] = [];
	while (submits.length * size < part) {
		const open = await shut(server);
		submits.push(await fill(server, size));
		drains.push(await open(size));
	}
	return {submit: rate(submits), drain: rate(drains)};
}

/**
 * Fills the worker's slots; what is returned lets go, and measures how so many are drained then.
 * @throws Error when some ended before
 */
async function shut(server: Child): Promise<(count: number) => Promise<Pace>> {
	const ended = async () => (await server.ask({do: 'ended', name: 'echo'})).count;
	const before = await ended();
	const gates: string[] = [];
	for (let at = 0; at < slots; at++) {
		const {task = ''} = await server.ask({do: 'put', name: 'gate', input: '0'});
		gates.push(task);
	}
	return async count => {
		if ((await ended()) !== before) throw new Error('Expected nothing to be drained behind the gate');
		const [{pace}] = await Promise.all([
			server.ask({do: 'drained', name: 'echo', count}),
			server.ask({do: 'cancel', tasks: gates}),
		]);
		return pace ?? never();
	};
}

async function fill(server: Child, count: number): Promise<Pace> {
	if (count === 0) return {count, ms: 0};
	const {pace} = await server.ask({do: 'fill', name: 'echo', count});
	return pace ?? never();
}

function watchMemory(pid: number): {now(): number; stop(): number} {
	let most = 0;
	const now = () => {
		const mb = residentBytes(pid) / megabyte;
		most = Math.max(most, mb);
		return mb;
	};
	const timer = setInterval(now, lookMs);
	return {
		now,
		stop() {
			clearInterval(timer);
			return most;
		},
	};
}

function rate(paces: readonly Pace[]): number {
	const sum = (of: keyof Pace) => paces.reduce((all, pace) => all + pace[of], 0);
	return (sum('count') / sum('ms')) * 1000;
}

const shown = ({submit, drain}: Rates) => `submitted ${Math.round(submit)}/s, drained ${Math.round(drain)}/s`;

function never(): never {
	throw new Error('A node of the bench gave no pace');
}
