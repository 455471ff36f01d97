// Lists the workers that are heard at a broker. It asks nobody but the broker, so it works while no server does;
// `warren workers` shows what a server knows of them, also of those it has lost.
import {workerTable} from '#cli/workerTable.ts';
import {systemClock} from '#lib/clock.ts';
import {readArgs} from './commandLine.ts';
import {hear, noneToJoin} from './heartbeats.ts';

const usage = `usage: scripts/workers --broker amqp://user:password@host:port [options]

Lists the workers that are heard at the broker in two seconds; no server is needed.

options
  --broker URL     the broker (or WARREN_BROKER_URL)
  --prefix NAME    the installation's prefix on it (default warren, or WARREN_BROKER_PREFIX)
  --pool NAME      those of one pool alone
  --json           a JSON array, as \`warren workers --json\` gives it

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
	const heard = heartbeats.views.filter(one => pool === undefined || one.pool === pool);
	await heartbeats.stop();
	const inOrder = heard.toSorted((a, b) => (a.id < b.id ? -1 : 1));
	const where = pool === undefined ? '' : ` in pool ${pool}`;
	const none = `No worker is heard${where}; \`scripts/scale-workers N\` starts some.`;
	const about = {now: systemClock.now(), columns: process.stdout.columns};
	console.log(json ? JSON.stringify(inOrder) : workerTable(inOrder, none, about));
	return 0;
}
