// `npm run bench:spill`: how long callers wait while an area gets more than it can do, alone and with another
// area that takes the rest. Both are embedded nodes on this machine, with a slow way between them; a task
// sleeps, so that the areas do not share what limits them. `--json` prints one object, else a table.
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {parseArgs} from 'node:util';
import {createWarren, type Warren, type WarrenOptions} from '#warren.ts';
import {lagTo} from '../test/harness/lag.ts';
import {foreignDuring} from './cpu.ts';
import {dirtiest, type Figure, figure, type Part, print} from './figure.ts';
import {type Machine, machine} from './machine.ts';
import {quantile} from './stats.ts';

const {values} = parseArgs({
	options: {
		json: {type: 'boolean', default: false},
		rounds: {type: 'string', default: '3'},
		seconds: {type: 'string', default: '10'},
		load: {type: 'string', default: '1.5'},
		lag: {type: 'string', default: '25'},
		target: {type: 'string', default: '500'},
		help: {type: 'boolean', short: 'h', default: false},
	},
});
if (values.help) {
	console.log(`usage: npm run bench:spill [-- --json] [--rounds 3] [--seconds 10] [--load 1.5] [--lag 25] [--target 500]
--load    tasks that arrive, as a multiple of what one area can do
--lag     ms between the areas, one way
--target  ms that a task may wait before it goes to the other area`);
	process.exit(0);
}
const [rounds, seconds, load, lagMs, targetMs] = [
	...[values.rounds, values.seconds, values.load, values.lag, values.target].map(Number),
] as [number, number, number, number, number];

const sleepMs = 200;
const slots = 4;
const perSecond = (slots / sleepMs) * 1000 * load;
const code = `export default () => new Promise(done => setTimeout(() => done(null), ${sleepMs}));`;

/** Ms from the submission of a task to its end; of those that arrived. */
type Waits = {
	readonly p50: number;
	readonly p95: number;
	readonly p99: number;
	readonly tasks: number;
	readonly elsewhere: number;
	readonly foreign: number;
};
type Round = {readonly alone: Waits; readonly together: Waits};
type Report = Part & {readonly rounds: readonly Round[]; readonly machine: Machine};

async function open(options: WarrenOptions): Promise<Warren> {
	const http = {host: '127.0.0.1', port: 0, bodyLimitBytes: 1024 * 1024};
	const warren = await createWarren({http, worker: {executors: 1, slots}, ...options});
	await warren.start();
	while (warren.api.workers().length === 0) await delay(50);
	return warren;
}

/** Open loop: tasks come by the clock, however long the others take. */
async function measure(edge: Warren, spill: boolean): Promise<Omit<Waits, 'foreign'>> {
	const total = Math.round(perSecond * seconds);
	const times: number[] = [];
	let elsewhere = 0;
	const {promise: all, resolve} = Promise.withResolvers<void>();
	const submit = async () => {
		const began = performance.now();
		const ended = ({usage}: {usage: {worker: string} | null}) => {
			if (usage?.worker.startsWith('cloud/')) elsewhere++;
			if (times.push(performance.now() - began) === total) resolve();
		};
		const one = {function: 'sleep', input: Buffer.from('null'), door: 'api', asynchronous: true} as const;
		const [answer] = await edge.api.submit([{...one, options: {spill}, ended}]);
		if (!answer?.ok) throw new Error(answer?.failure.message);
	};
	const startedAt = performance.now();
	for (let at = 0; at < total; at++) {
		const early = startedAt + (at / perSecond) * 1000 - performance.now();
		if (early > 0) await delay(early);
		void submit();
	}
	await all;
	const [p50, p95, p99] = [quantile(times, 0.5), quantile(times, 0.95), quantile(times, 0.99)];
	return {p50, p95, p99, tasks: total, elsewhere};
}

async function round(folder: string): Promise<Round> {
	const cloud = await open({data: join(folder, 'cloud'), worker: {executors: 1, slots: slots * 4}});
	const way = await lagTo({host: '127.0.0.1', port: Number(new URL(cloud.url ?? '').port)}, lagMs);
	const edge = await open({
		data: join(folder, 'edge'),
		areas: {cloud: {url: `http://127.0.0.1:${way.port}`}},
		spill: {targetWait: {normal: targetMs}},
	});
	try {
		await edge.api.deploy({name: 'sleep', language: 'javascript', code});
		await measure(edge, true);
		const alone = await foreignDuring(() => measure(edge, false));
		const together = await foreignDuring(() => measure(edge, true));
		return {
			alone: {...alone.value, foreign: alone.foreign},
			together: {...together.value, foreign: together.foreign},
		};
	} finally {
		await edge.stop();
		await way.close();
		await cloud.stop();
	}
}

const done: Round[] = [];
for (let at = 0; at < rounds; at++) {
	const folder = await mkdtemp(join(tmpdir(), 'warren-bench-spill-'));
	done.push(await round(folder).finally(() => rm(folder, {recursive: true, force: true})));
	if (!values.json) console.error(`round ${at + 1} of ${rounds}`);
}
const report: Report = {
	figures: {
		'p95, alone to with another area': figure(
			done.map(({alone, together}) => alone.p95 / together.p95),
			'×',
		),
		...waitsOf('alone', ({alone}) => alone),
		...waitsOf('with another area', ({together}) => together),
		'went to the other area': figure(
			done.map(({together}) => (together.elsewhere / together.tasks) * 100),
			'%',
		),
	},
	foreign: dirtiest(done.flatMap(({alone, together}) => [alone, together])),
	notes: [
		`${perSecond} tasks a second of ${sleepMs} ms for ${seconds} s, ${load} of what the area can do; ` +
			`after ${targetMs} ms they go to another one, ${lagMs} ms away`,
	],
	...{rounds: done, machine: machine()},
};
if (values.json) console.log(JSON.stringify(report, undefined, '\t'));
else print({spill: report});
process.exit(0);

function waitsOf(name: string, pick: (round: Round) => Waits): Record<string, Figure> {
	const of = (what: 'p50' | 'p95' | 'p99') =>
		figure(
			done.map(one => pick(one)[what]),
			'ms',
		);
	return {[`p50, ${name}`]: of('p50'), [`p95, ${name}`]: of('p95'), [`p99, ${name}`]: of('p99')};
}
