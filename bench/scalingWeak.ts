// Weak scaling: twice the workers, twice the tasks. Ideal is that it takes as long; on a machine whose cores
// are all in use already, work that needs them can't. Writes what was measured as CSV, and draws it.
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {type Mode, modes} from '#dispatch/dispatch.ts';
import type {Child} from './child.ts';
import {foreignDuring} from './cpu.ts';
import {dirtiest, type Figure, figure, type Part} from './figure.ts';
import {type Group, startGroup} from './group.ts';
import {type Chart, plot} from './plot.ts';
import type {Setting} from './scalingSetting.ts';
import {median} from './stats.ts';

const counts = [1, 2, 4, 8];
const sleepMs = 20;
/** Sleeping tasks are so many times fewer. */
const sleepShare = 10;
const works = {
	nothing: 'export default input => input;',
	sleep: `export default input => new Promise(done => setTimeout(done, ${sleepMs}, input));`,
} as const;
type Work = keyof typeof works;
const titles: Readonly<Record<Work, string>> = {
	nothing: 'A function that does nothing',
	sleep: `A function that sleeps ${sleepMs} ms`,
};

type Cell = {
	readonly round: number;
	readonly mode: Mode;
	readonly work: Work;
	readonly workers: number;
	readonly tasks: number;
	readonly seconds: number;
	/** Tasks a second. */
	readonly rate: number;
	readonly foreign: number;
};

export async function weak(setting: Setting): Promise<Part> {
	const cells: Cell[] = [];
	for (let round = 1; round <= setting.rounds; round++) {
		setting.say(`  round ${round}`);
		for (const mode of modes) cells.push(...(await measure(setting, mode, round)));
	}
	await writeFile(join(import.meta.dirname, 'scaling.csv'), csv(cells));
	await writeFile(
		join(import.meta.dirname, 'scaling.svg'),
		plot('Tasks a second by workers, each with tasks of its own', chartsOf(cells)),
	);
	return {
		figures: Object.fromEntries(modes.flatMap(mode => efficiencies(cells, mode))),
		foreign: dirtiest(cells),
		notes: [
			`RabbitMQ and SQLite; a worker has one executor with four slots, and where one node runs all itself an executor ` +
				`counts as one; ${setting.tasks} tasks each that do nothing, ${sleepers(setting)} that sleep, all submitted at once`,
			'bench/scaling.csv and bench/scaling.svg are written',
		],
	};
}

async function measure(setting: Setting, mode: Mode, round: number): Promise<Cell[]> {
	const cells: Cell[] = [];
	const installation = mode === 'local' ? oneNode(setting) : oneServer(setting, mode);
	for (const workers of counts) {
		const server = await installation.grow(workers);
		for (const [name, code] of Object.entries(works)) await server.ask({do: 'deploy', name, code});
		for (const work of ['nothing', 'sleep'] as const) {
			const found = await batchOf(server, setting, work, workers);
			cells.push({round, mode, work, workers, ...found});
			const speed = `${Math.round(found.rate)}/s  ${found.seconds.toFixed(2)} s`;
			setting.say(`  ${mode.padEnd(5)} ${work.padEnd(8)} ${workers}  ${speed}`);
		}
	}
	await installation.stop();
	return cells;
}

type Installation = {
	/** To so many workers. */
	grow(workers: number): Promise<Child>;
	stop(): Promise<void>;
};

/** The same server all the time, and more and more workers. */
function oneServer(setting: Setting, mode: Mode): Installation {
	const starting = startGroup(setting, {workers: 0, dispatch: {mode}});
	return {
		async grow(workers) {
			const group = await starting;
			while (group.workers.length < workers) await group.addWorker();
			return serverOf(group);
		},
		stop: async () => (await starting).stop(),
	};
}

/** A node that is both, with as many executors as others have workers, which it can only be started with. */
function oneNode(setting: Setting): Installation {
	let group: Group | undefined;
	return {
		async grow(executors) {
			await group?.stop();
			group = await startGroup(setting, {both: true, workers: 0, executors, dispatch: {mode: 'local'}});
			return serverOf(group);
		},
		stop: async () => group?.stop(),
	};
}

function serverOf({servers: [server]}: Group): Child {
	if (!server) throw new Error('Expected a group with a server');
	return server;
}

async function batchOf(server: Child, setting: Setting, name: Work, workers: number) {
	const each = name === 'sleep' ? sleepers(setting) : setting.tasks;
	// So that all have the code, and a warm sandbox in each slot.
	await server.ask({do: 'batch', size: Math.ceil(each / 10) * workers, name});
	const tasks = each * workers;
	const {value, foreign} = await foreignDuring(() => server.ask({do: 'batch', size: tasks, name}));
	const {rate} = value.run ?? never();
	return {tasks, rate, seconds: tasks / rate, foreign};
}

const sleepers = ({tasks}: Setting): number => Math.max(1, Math.round(tasks / sleepShare));

/** How much of the ideal is left at the most workers: the time of one of them by the time of all. */
function efficiencies(cells: readonly Cell[], mode: Mode): [string, Figure][] {
	const most = Math.max(...counts);
	return (['nothing', 'sleep'] as const).map(work => {
		const time = (round: number, workers: number) =>
			cells.find(
				cell => cell.mode === mode && cell.work === work && cell.round === round && cell.workers === workers,
			)?.seconds ?? Number.NaN;
		const rounds = [...new Set(cells.map(({round}) => round))];
		const shares = rounds.map(round => (time(round, 1) / time(round, most)) * 100);
		return [`${mode}, ${work}: ${most} workers, of the ideal`, figure(shares, '%')];
	});
}

const columns = ['round', 'mode', 'work', 'workers', 'tasks', 'seconds', 'rate', 'foreign'] as const;

function csv(cells: readonly Cell[]): string {
	const rows = cells.map(cell =>
		columns.map(name => {
			const value = cell[name];
			return typeof value === 'number' && !Number.isInteger(value) ? value.toFixed(4) : value;
		}),
	);
	return `${[columns, ...rows].map(row => row.join()).join('\n')}\n`;
}

function chartsOf(cells: readonly Cell[]): Chart[] {
	return (['nothing', 'sleep'] as const).map(work => ({
		title: titles[work],
		x: 'workers',
		y: 'tasks a second',
		lines: modes.map(mode => ({
			name: mode,
			points: counts.map(workers => pointOf(cells, mode, work, workers)),
		})),
	}));
}

function pointOf(cells: readonly Cell[], mode: Mode, work: Work, workers: number) {
	const rates = cells
		.filter(cell => cell.mode === mode && cell.work === work && cell.workers === workers)
		.map(({rate}) => rate);
	return {x: workers, y: median(rates), least: Math.min(...rates), most: Math.max(...rates)};
}

function never(): never {
	throw new Error('A node of the bench gave no run');
}
