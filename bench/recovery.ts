// `npm run bench:recovery`: how long it takes until work goes on after a kill, and what the watching costs.
// Real processes on a RabbitMQ of their own. `--json` prints one object, else a table.
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {parseArgs} from 'node:util';
import Table from 'cli-table3';
import {ownRabbit} from '../test/harness/rabbit.ts';
import {foreignDuring} from './cpu.ts';
import {type Machine, machine} from './machine.ts';
import {type AuditCost, auditCost} from './recoveryAudit.ts';
import {freezeWorkers, killFullExecutors, killLoneExecutors, killWorkers} from './recoveryKills.ts';
import {type Nodes, type NodesOptions, startNodes} from './recoveryNodes.ts';
import {type Restart, restarts} from './recoveryRestart.ts';
import {median, quantile} from './stats.ts';

const {values} = parseArgs({
	options: {
		json: {type: 'boolean', default: false},
		rounds: {type: 'string', default: '5'},
		open: {type: 'string', default: '100000'},
		seconds: {type: 'string', default: '11'},
		help: {type: 'boolean', short: 'h', default: false},
	},
});
if (values.help) {
	console.log('usage: npm run bench:recovery [-- --json] [--rounds 5] [--open 100000] [--seconds 11]');
	console.log('a round: 10 + 4 executors, 4 workers and the server killed, a worker stopped, two loops');
	process.exit(0);
}

const rounds = Number(values.rounds);
const say = (line: string) => (values.json ? undefined : console.error(line));

/** What was measured, over all rounds. */
type Figure = {
	readonly unit: 'ms' | '%';
	readonly count: number;
	readonly p50: number;
	readonly p99: number;
	readonly least: number;
	readonly most: number;
	/** The most that it should be, by which of these; absent: nothing is wanted of it. */
	readonly wanted?: {readonly of: 'p50' | 'p99' | 'most'; readonly atMost: number};
};

type Report = {
	readonly figures: Readonly<Record<string, Figure>>;
	/** Kills that hit nothing, by figure. */
	readonly missed: Readonly<Record<string, number>>;
	readonly restarts: {readonly empty: readonly Restart[]; readonly full: readonly Restart[]};
	readonly audit: readonly AuditCost[];
	/** The share of the machine that others used, just before each part; while it ran, for the audit. */
	readonly foreign: Readonly<Record<string, number>>;
	readonly machine: Machine;
};

const broker = await ownRabbit('how fast work goes on after a kill');
const folder = await mkdtemp(join(tmpdir(), 'warren-recovery-'));
// As the `warren` command does it: what one process has compiled the next need not.
process.env.NODE_COMPILE_CACHE = join(folder, 'compiled');
try {
	const report = await run();
	if (values.json) console.log(JSON.stringify(report, undefined, '\t'));
	else print(report);
} finally {
	await broker.stop();
	await rm(folder, {recursive: true, force: true});
}

async function run(): Promise<Report> {
	const foreign: Record<string, number> = {};
	const part = async <T>(
		name: string,
		options: Omit<NodesOptions, 'broker'>,
		work: (nodes: Nodes) => Promise<T>,
	) => {
		foreign[name] = (await foreignDuring(() => delay(1000))).foreign;
		say(`${name} (others use ${percent(foreign[name])} of the machine)`);
		const nodes = await startNodes({broker: broker.url, ...options});
		return work(nodes).finally(() => nodes.stop());
	};
	const one = {workers: 1, executors: 2};
	const two = {workers: 2, executors: 1};
	const lone = await part('kill executors, one attempt inside', one, nodes =>
		killLoneExecutors(nodes, rounds * 10),
	);
	const full = await part('kill executors, several inside', one, nodes =>
		killFullExecutors(nodes, rounds * 4),
	);
	const workers = await part('kill workers', two, nodes => killWorkers(nodes, rounds * 4));
	const frozen = await part('stop workers', two, nodes => freezeWorkers(nodes, rounds));
	const [empty, loaded] = await part('kill the server', {workers: 1, executors: 1}, nodes =>
		restarts(nodes, Number(values.open), rounds),
	);
	say('audit every 5 s against every hour');
	const audit = await auditCost(broker.url, folder, rounds, Number(values.seconds) * 1000);
	foreign.audit = Math.max(...audit.map(cost => cost.foreign));
	const figures = {
		'executor killed, lone attempt runs again': figure(lone.again, {of: 'p99', atMost: 300}),
		'executor killed, first of several runs again': figure(full.again, {of: 'p99', atMost: 300}),
		'worker killed, its attempts run elsewhere': figure(workers.again, {of: 'p99', atMost: 500}),
		'worker stopped, seen as lost': figure(frozen.lost, {of: 'p50', atMost: 3500}),
		'worker stopped, its attempts run elsewhere': figure(frozen.again, {of: 'most', atMost: 3500}),
		'server killed, nothing stored: ready': figure(empty.map(({readyMs}) => readyMs)),
		'server killed, nothing stored: a call answered': figure(empty.map(({servedMs}) => servedMs)),
		'server killed, many open tasks: ready': figure(loaded.map(({readyMs}) => readyMs)),
		'server killed, many open tasks: a call answered': figure(
			loaded.map(({servedMs}) => servedMs),
			{
				of: 'most',
				atMost: 5000,
			},
		),
		'audit every 5 s: calls fewer than with one an hour': {
			...figure(
				audit.map(({cost}) => cost * 100),
				{of: 'p50', atMost: 10},
			),
			unit: '%' as const,
		},
	};
	const missed = {lone: lone.missed, full: full.missed, workers: workers.missed, frozen: frozen.missed};
	return {figures, missed, restarts: {empty, full: loaded}, audit, foreign, machine: machine()};
}

function figure(all: readonly number[], wanted?: Figure['wanted']): Figure {
	return {
		unit: 'ms',
		count: all.length,
		p50: median(all),
		p99: quantile(all, 0.99),
		least: Math.min(...all),
		most: Math.max(...all),
		...(wanted && {wanted}),
	};
}

function print({figures, missed, restarts: {empty, full}, foreign}: Report): void {
	const table = new Table({
		head: ['', 'n', 'p50', 'p99', 'least', 'most', 'wanted', ''],
		style: {head: [], border: []},
	});
	for (const [name, found] of Object.entries(figures)) {
		const {unit, count, wanted} = found;
		const shown = [found.p50, found.p99, found.least, found.most].map(
			one => `${one.toFixed(unit === 'ms' ? 0 : 1)} ${unit}`,
		);
		const verdict = wanted
			? [`${wanted.of} ≤ ${wanted.atMost} ${unit}`, found[wanted.of] <= wanted.atMost ? 'met' : 'missed']
			: ['', ''];
		table.push([name, count, ...shown, ...verdict]);
	}
	console.log(table.toString());
	const start = median(empty.map(({servedMs}) => servedMs)) / median(full.map(({servedMs}) => servedMs));
	console.log(
		`of a restart with ${full[0]?.open ?? 0} open tasks the start of the process is ${percent(start)}`,
	);
	const said = Object.entries(missed).filter(([, count]) => count > 0);
	if (said.length > 0)
		console.log(`kills that hit nothing: ${said.map(([name, count]) => `${name} ${count}`).join(', ')}`);
	console.log(`others used at most ${percent(Math.max(...Object.values(foreign)))} of the machine`);
}

function percent(share: number): string {
	return `${Math.round(share * 100)} %`;
}
