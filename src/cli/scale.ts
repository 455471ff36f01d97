import type {Command} from 'commander';
import {defaultPool} from '#actors/lane.ts';
import type {ScaleView} from '#contract/supervisor.ts';
import {type Remote, remoteCommand, type Session, type Shell, sessionOf} from './command.ts';
import {span} from './deploy.ts';
import {exitCodes} from './exit.ts';
import {scaleExplainCommand} from './scaleExplain.ts';
import {countOf} from './supervise.ts';
import {told as supervisorsTold} from './supervisors.ts';
import type {Terminal} from './terminal.ts';
import {untilSo, usualTimeoutMs} from './untilSo.ts';

type Options = Remote & {pool: string; workers?: string; wait: boolean; timeout?: string};

export function scaleCommand(shell: Shell): Command {
	return remoteCommand({
		name: 'scale',
		says: 'Say how many workers a pool should have, over all its supervisors, and wait until it is so',
		examples: [
			'warren scale --workers 8',
			'warren scale --pool gpu --workers 0 --no-wait',
			'warren scale --pool gpu',
			'warren scale explain',
		],
	})
		.enablePositionalOptions()
		.option('--pool <pool>', 'whose workers', defaultPool)
		.option('--workers <n>', 'how many; without it only told how it is')
		.option('--no-wait', 'do not wait until it is so')
		.option('--timeout <span>', 'how long to wait (default: 2m)')
		.action(async ({pool, workers, wait, timeout, ...options}: Options) => {
			const session = sessionOf(shell, options);
			const {client, show, terminal} = session;
			const timeoutMs = timeout === undefined ? usualTimeoutMs : span('--timeout', timeout);
			const wanted = workers === undefined ? undefined : countOf(workers);
			const first = wanted === undefined ? await client.scaled(pool) : await client.scale(pool, wanted);
			const isAlone = !first.supervisors.some(({state}) => state !== 'lost');
			const waits = wanted !== undefined && wait && !isAlone;
			const view = waits ? await waitFor(session, pool, timeoutMs) : first;
			show(view, () => told(view, terminal));
			if (isAlone && view.workers !== 0) terminal.say(await nobody(session, view));
			if (wanted !== undefined) await warnOfRule(session, pool);
			if (wanted !== undefined && wait && !view.done) shell.exit(exitCodes.waitOver.code);
		})
		.addCommand(scaleExplainCommand(shell));
}

async function waitFor({client, terminal}: Session, pool: string, timeoutMs: number): Promise<ScaleView> {
	const {seen} = await untilSo(terminal, {
		look: () => client.scaled(pool),
		isSo: ({done}) => done,
		says: view => `${view.running} of ${view.workers} workers of ${pool} are ready${moving(view)}`,
		timeoutMs,
	});
	return seen;
}

/** What starts and what drains. */
function moving({supervisors}: ScaleView): string {
	const states = supervisors.flatMap(({workers}) => workers.map(({state}) => state));
	const count = (state: string) => states.filter(one => one === state).length;
	return `, ${count('starting')} start, ${count('draining')} drain`;
}

function told(view: ScaleView, terminal: Terminal): string {
	const {pool, workers, running, others, supervisors, done} = view;
	const said =
		workers === null
			? `${running} workers; nobody has said how many there should be`
			: `${running} of ${workers} workers`;
	const byHand = others === 0 ? '' : `; ${others} started by hand, not counted`;
	const head = `Pool ${pool}: ${said}${done ? '' : moving(view)}${byHand}`;
	return supervisors.length === 0 ? head : `${head}\n\n${supervisorsTold(supervisors, terminal)}`;
}

/** A number that somebody gives holds until the pool's rule decides otherwise. */
async function warnOfRule({client, terminal}: Session, pool: string): Promise<void> {
	const [found] = await client.explainScale({pool});
	if (!found) return;
	const {min, max} = found.rule;
	terminal.say(
		`warren: The rule of pool ${pool} (${min} to ${max} workers) goes on, and may soon decide otherwise; to hold a number, ` +
			`give it as \`min\` and \`max\` in the setting \`autoscale\`\n  ${terminal.me} scale explain --pool ${pool}`,
	);
}

/** Why nobody sees to it, and who could. */
async function nobody({client, terminal: {me}}: Session, {pool, workers}: ScaleView): Promise<string> {
	const {broker} = await client.status();
	const kept = workers === null ? '' : ': the number is kept, and one that starts learns it';
	const hint =
		broker.url === 'memory:'
			? `This node has its broker in its own process, which no supervisor can join; \`${me} up --set worker.executors=N\` gives it more executors`
			: `${me} supervise --pool ${pool} --broker URL`;
	return `warren: No supervisor of pool ${pool} is heard of${kept}\n  ${hint}`;
}
