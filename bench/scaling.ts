// `npm run bench:scaling`: what more workers, more servers, more tasks and more functions do to the speed.
// Ratios are formed within a round; `--json` prints one object, else a table.
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {ownRabbit} from '../test/harness/rabbit.ts';
import {type Part, print} from './figure.ts';
import {type Machine, machine} from './machine.ts';
import {backlog, backlogOnPostgres} from './scalingBacklog.ts';
import {cpu} from './scalingCpu.ts';
import {functions} from './scalingFunctions.ts';
import {servers} from './scalingServers.ts';
import type {Setting} from './scalingSetting.ts';
import {weak} from './scalingWeak.ts';

const parts: Readonly<Record<string, (setting: Setting) => Promise<Part>>> = {
	...{cpu, servers, backlog, backlogOnPostgres, functions, weak},
};

const {values} = parseArgs({
	options: {
		json: {type: 'boolean', default: false},
		rounds: {type: 'string', default: '3'},
		seconds: {type: 'string', default: '4'},
		only: {type: 'string', default: Object.keys(parts).join()},
		backlog: {type: 'string', default: '1000000'},
		functions: {type: 'string', default: '1000'},
		tasks: {type: 'string', default: '4000'},
		help: {type: 'boolean', short: 'h', default: false},
	},
});
if (values.help) {
	console.log(`usage: npm run bench:scaling [-- --json] [--rounds 3] [--seconds 4] [--only ${values.only}]
                              [--backlog 1000000] [--functions 1000] [--tasks 4000]
cpu        two workers against one, 50 ms of computing
servers    two servers on PostgreSQL against one on SQLite; one of the two is killed under load
backlog    submitting and draining with 1,000 queued and with --backlog, on SQLite
backlogOnPostgres  the same on PostgreSQL
functions  warm calls of one function and of --functions at random
weak       1, 2, 4, 8 workers, --tasks each: writes bench/scaling.csv and bench/scaling.svg
A loop takes --seconds. Needs RabbitMQ; \`servers\` and \`backlogOnPostgres\` need PostgreSQL, \`functions\` 4 GB of memory.`);
	process.exit(0);
}
const chosen = values.only.split(',');
const strange = chosen.find(name => !Object.hasOwn(parts, name));
if (strange !== undefined) {
	console.error(`Expected \`--only\` to name some of ${Object.keys(parts).join()}, got \`${strange}\``);
	process.exit(2);
}

type Report = {readonly parts: Readonly<Record<string, Part>>; readonly machine: Machine};

const broker = await ownRabbit('how speed grows with workers, servers, tasks and functions');
const folder = await mkdtemp(join(tmpdir(), 'warren-scaling-'));
// As the `warren` command does it: what one process has compiled the next need not.
process.env.NODE_COMPILE_CACHE = join(folder, 'compiled');
try {
	const report = await run();
	if (values.json) console.log(JSON.stringify(report, undefined, '\t'));
	else print(report.parts);
} finally {
	await broker.stop();
	await rm(folder, {recursive: true, force: true});
}

async function run(): Promise<Report> {
	const setting: Setting = {
		...{broker: broker.url, folder},
		rounds: Number(values.rounds),
		durationMs: Number(values.seconds) * 1000,
		backlog: Number(values.backlog),
		functions: Number(values.functions),
		tasks: Number(values.tasks),
		say: line => console.error(line),
	};
	const found: Record<string, Part> = {};
	for (const name of chosen) {
		console.error(name);
		const part = await parts[name]?.(setting);
		if (part) found[name] = part;
	}
	return {parts: found, machine: machine()};
}
