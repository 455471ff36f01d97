// Drains one worker. It asks nobody but the broker, so it works while no server does; `warren drain` is the
// same through a server.
import {parseArgs} from 'node:util';
import {pause, systemClock} from '#lib/clock.ts';
import {hear, noneToJoin} from './heartbeats.ts';

const usage = `usage: scripts/drain-worker WORKER --broker amqp://user:password@host:port [options]

The worker takes nothing new, finishes what it runs, gives back the rest, and exits. One that a supervisor keeps
is replaced; scripts/scale-workers makes them fewer.

options
  --broker URL     the broker (or WARREN_BROKER_URL)
  --prefix NAME    the installation's prefix on it (default warren, or WARREN_BROKER_PREFIX)
  --patience 120   seconds to wait until it is gone
  --json           one JSON object instead of a sentence`;

const {values, positionals} = parseArgs({
	allowPositionals: true,
	options: {
		broker: {type: 'string', default: process.env.WARREN_BROKER_URL ?? 'memory:'},
		prefix: {type: 'string', default: process.env.WARREN_BROKER_PREFIX ?? 'warren'},
		patience: {type: 'string', default: '120'},
		json: {type: 'boolean', default: false},
		help: {type: 'boolean', short: 'h', default: false},
	},
});
const [worker = ''] = positionals;
if (values.help) finish(usage, 0);
if (positionals.length !== 1) finish(`Expected one worker, got \`${positionals.join(' ')}\`\n\n${usage}`, 1);
if (values.broker === 'memory:') finish(noneToJoin, 1);

const lookMs = 500;
const heartbeats = await hear(values.broker, values.prefix);
const isThere = () => heartbeats.workers.some(one => one.worker === worker && one.state !== 'stopped');
if (!isThere()) {
	await heartbeats.stop();
	finish(`No worker ${worker} is heard of at this broker.`, 1);
}
const until = systemClock.now() + Number(values.patience) * 1000;
while (isThere() && systemClock.now() < until) {
	const {state, held = []} = heartbeats.get(worker) ?? {};
	// Orders may be lost; twice is harmless.
	if (state !== 'draining') await heartbeats.tell(worker, {type: 'drain'});
	if (process.stderr.isTTY)
		process.stderr.write(`\r${worker} is ${state}, holds ${held.length} attempts …\x1b[K`);
	await pause(systemClock, lookMs);
}
if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
const drained = !isThere();
await heartbeats.stop();
if (values.json) console.log(JSON.stringify({worker, drained}));
else
	console.log(
		drained ? `${worker} has drained and is gone` : `${worker} still drains after ${values.patience} s`,
	);
process.exitCode = drained ? 0 : 1;

function finish(text: string, code: number): never {
	(code === 0 ? console.log : console.error)(text);
	process.exit(code);
}
