// Lists the workers that are heard at a broker. It asks nobody but the broker, so it works while no server does;
// `warren workers` shows what a server knows of them, also of those it has lost.

import {ago, bytes, table} from '#cli/table.ts';
import type {Heartbeat} from '#contract/control.ts';
import {systemClock} from '#lib/clock.ts';
import {readArgs} from './commandLine.ts';
import {hear, noneToJoin} from './heartbeats.ts';

const usage = `usage: scripts/workers --broker amqp://user:password@host:port [options]

Lists the workers that are heard at the broker in two seconds; no server is needed.

options
  --broker URL     the broker (or WARREN_BROKER_URL)
  --prefix NAME    the installation's prefix on it (default warren, or WARREN_BROKER_PREFIX)
  --pool NAME      those of one pool alone
  --json           their heartbeats as they sent them, as a JSON array

examples
  scripts/workers --broker amqp://localhost
  scripts/workers --broker amqp://localhost --pool gpu --json`;

const options = {
	broker: {type: 'string', default: process.env.WARREN_BROKER_URL ?? 'memory:'},
	prefix: {type: 'string', default: process.env.WARREN_BROKER_PREFIX ?? 'warren'},
	pool: {type: 'string'},
	json: {type: 'boolean', default: false},
} as const;
const {broker, prefix, pool, json} = readArgs(usage, {options}, args => args.values);

process.exitCode = await main();

async function main(): Promise<number> {
	if (broker === 'memory:') {
		console.error(noneToJoin);
		return 1;
	}
	const heartbeats = await hear(broker, prefix);
	const heard = heartbeats.workers.filter(one => pool === undefined || one.pool === pool);
	await heartbeats.stop();
	const inOrder = heard.toSorted((a, b) => (a.worker < b.worker ? -1 : 1));
	console.log(json ? JSON.stringify(inOrder) : told(inOrder));
	return 0;
}

function told(workers: readonly Heartbeat[]): string {
	const now = systemClock.now();
	return table(
		[
			'WORKER',
			'STATE',
			'POOL',
			'TAGS',
			'BUSY',
			'EXECUTORS',
			'WARM',
			'MEMORY',
			'STARTED',
			'VERSION',
			'HOST',
			'KEPT BY',
		],
		workers.map(one => [
			one.worker,
			one.state,
			one.pool,
			one.tags?.join(','),
			`${one.held.filter(({startedAt}) => startedAt !== null).length} of ${one.slots}`,
			one.executors,
			Object.values(one.warm).reduce((sum, count) => sum + count, 0),
			bytes(one.rssBytes),
			ago(one.startedAt, now),
			one.version,
			`${one.host} (${one.pid})`,
			one.supervisor,
		]),
		`No worker is heard${pool === undefined ? '' : ` in pool ${pool}`}; \`scripts/scale-workers N\` starts some.`,
		process.stdout.columns,
	);
}
