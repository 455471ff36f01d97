// Draws the machines of actors/ into docs/machines.md: a diagram of the states, and a table of every
// event with its guard and effects. With `--check` it only compares, and fails where the page is old.
import {readFileSync, writeFileSync} from 'node:fs';
import type {AnyStateMachine, AnyStateNode, AnyTransitionDefinition} from 'xstate';
import {functionMachine} from '#actors/functionMachine.ts';
import {taskMachine} from '#actors/taskMachine.ts';
import {workerMachine} from '#actors/workerMachine.ts';

const file = 'docs/machines.md';

const chapters: readonly {title: string; about: string; machine: AnyStateMachine}[] = [
	{
		title: 'task',
		about:
			'One request and its whole life. `running` is never stored: an outcome carries its start along, and both ' +
			'are applied in one commit. A redrive leaves `dead` for the next life, with the next attempt number.',
		machine: taskMachine,
	},
	{
		title: 'function',
		about:
			'User code under a name. What is live stays live while it is built anew; only a first build that fails ' +
			'leaves a function `rejected`.',
		machine: functionMachine,
	},
	{
		title: 'worker',
		about:
			'A process that runs functions. It steps its own row with `ready`, `load`, `drain` and `stop`, and says its ' +
			"state in every heartbeat; a server's roster steps a copy with `beat` and `silence`, and only a copy can be " +
			'`suspect` or `lost`. In the diagram the words of a beat are left out: a copy goes where the beat says.',
		machine: workerMachine,
	},
];

type Row = {
	readonly from: string;
	readonly event: string;
	readonly guard: string;
	readonly to: string;
	readonly effects: readonly string[];
};

function page(): string {
	const head = `# The machines

<!-- Made by scripts/diagrams.ts from actors/*Machine.ts. Change them there. -->

The lifecycles of tasks, functions and workers are xstate machines, stepped in one file
(\`actors/decide.ts\`). A step is pure: its effects are data, carried out after the commit. An event that
a state does not list is refused and counted. Where an event has several lines, the first whose guard
holds is taken.
`;
	return [head, ...chapters.map(chapter)].join('\n');
}

function chapter({title, about, machine}: (typeof chapters)[number]): string {
	const rows = Object.values(machine.states).flatMap(rowsOf(machine));
	return `## ${title}\n\n${about}\n\n${diagram(machine, rows)}\n\n${table(machine, rows)}\n`;
}

const rowsOf = (machine: AnyStateMachine) => (node: AnyStateNode) =>
	[...node.transitions.values()].flat().map((transition): Row => {
		const target = (transition.target?.[0] as AnyStateNode | undefined) ?? node;
		const left =
			target === node ? [] : [...effectsOf(machine, node.exit), ...effectsOf(machine, target.entry)];
		return {
			from: node.key,
			event: transition.eventType,
			guard: nameOf(transition.guard),
			to: target.key,
			effects: [...effectsOf(machine, transition.actions), ...left],
		};
	});

type Actions = AnyTransitionDefinition['actions'];

/** The actions that leave the machine; assigning the context stays inside. */
function effectsOf(machine: AnyStateMachine, actions: Actions): string[] {
	return actions.filter(action => !assigns(machine, action)).map(action => nameOf(action) + paramsOf(action));
}

function assigns(machine: AnyStateMachine, action: unknown): boolean {
	const body: unknown = machine.implementations.actions[nameOf(action)];
	return typeof body === 'function' && 'type' in body && body.type === 'xstate.assign';
}

/** Those that are fixed; others come from the event. */
function paramsOf(action: unknown): string {
	const params =
		typeof action === 'object' && action !== null && 'params' in action ? action.params : undefined;
	if (typeof params !== 'object' || params === null) return '';
	return ` (${Object.entries(params)
		.map(pair => pair.join(' '))
		.join()})`;
}

function nameOf(part: unknown): string {
	if (typeof part === 'string') return part;
	if (typeof part === 'object' && part !== null && 'type' in part) return String(part.type);
	if (part === undefined) return '';
	throw new TypeError('Expected actions and guards to have names: an inline function cannot be drawn');
}

/** One arrow for each pair of states, with its events; loops are only in the table. */
function diagram(machine: AnyStateMachine, rows: readonly Row[]): string {
	const moves = rows.filter(({from, to, event}) => from !== to && event !== 'beat');
	const arrows = Map.groupBy(moves, ({from, to}) => `${from} --> ${to}`);
	const ends = Object.values(machine.states).filter(node => node.type === 'final');
	const lines = [
		`[*] --> ${nameOfInitial(machine)}`,
		...[...arrows].map(
			([arrow, found]) => `${arrow}: ${[...new Set(found.map(({event}) => event))].join(', ')}`,
		),
		...ends.map(node => `${node.key} --> [*]`),
	];
	return ['```mermaid', 'stateDiagram-v2', ...lines.map(line => `    ${line}`), '```'].join('\n');
}

function nameOfInitial(machine: AnyStateMachine): string {
	const initial: unknown = machine.config.initial;
	if (typeof initial !== 'string')
		throw new TypeError(`Expected machine \`${machine.id}\` to name its initial state`);
	return initial;
}

function table(machine: AnyStateMachine, rows: readonly Row[]): string {
	const hasEffects = rows.some(({effects}) => effects.length > 0);
	const head = ['state', 'event', 'if', 'becomes', ...(hasEffects ? ['effects after the commit'] : [])];
	const body = rows.map(({from, event, guard, to, effects}) => [
		from,
		`\`${event}\``,
		guard && `\`${guard}\``,
		to === from ? '' : to,
		...(hasEffects ? [effects.join(', ')] : []),
	]);
	const silent = Object.values(machine.states).filter(node => node.transitions.size === 0);
	const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
	const note =
		silent.length > 0 ? [`\nNothing leaves ${silent.map(node => `\`${node.key}\``).join(', ')}.`] : [];
	return [line(head), line(head.map(() => '---')), ...body.map(line), ...note].join('\n');
}

const wanted = page();
if (!process.argv.includes('--check')) {
	writeFileSync(file, wanted);
	console.log(`${file}: ${chapters.length} machines`);
} else if (readFileSync(file, 'utf8') === wanted) {
	console.log(`${file}: up to date`);
} else {
	console.error(`${file} is out of date: run \`node bin/run.cjs scripts/diagrams.ts\``);
	process.exit(1);
}
