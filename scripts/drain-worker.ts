// Drains one worker. It asks nobody but the broker, so it works while no server does; `warren drain` is the
// same through a server.
import {pause, systemClock} from '#lib/clock.ts';
import {readArgs, wholeNumber} from './commandLine.ts';
import {hear, noneToJoin} from './heartbeats.ts';

const usage = `usage: scripts/drain-worker WORKER --broker amqp://user:password@host:port [options]

The worker takes nothing new, finishes what it runs, gives back the rest, and exits. One that a supervisor keeps
is replaced; scripts/scale-workers makes them fewer.

options
  --broker URL     the broker (or WARREN_BROKER_URL)
  --prefix NAME    the installation's prefix on it (default warren, or WARREN_BROKER_PREFIX)
  --patience 120   seconds to wait until it is gone
  --json           one JSON object instead of a sentence`;

const options = {
	broker: {type: 'string', default: process.env.WARREN_BROKER_URL ?? 'memory:'},
	prefix: {type: 'string', default: process.env.WARREN_BROKER_PREFIX ?? 'warren'},
	patience: {type: 'string', default: '120'},
	json: {type: 'boolean', default: false},
} as const;
const {worker, patience, ...values} = readArgs(usage, {allowPositionals: true, options}, args => {
	const [name = '', ...more] = args.positionals;
	if (name === '' || more.length > 0)
		throw new TypeError(`Expected one worker, got \`${args.positionals.join(' ')}\``);
	return {...args.values, worker: name, patience: wholeNumber('--patience', args.values.patience)};
});
if (values.broker === 'memory:') fail(noneToJoin);

const lookMs = 500;
const heartbeats = await hear(values.broker, values.prefix);
const isThere = () => heartbeats.workers.some(one => one.worker === worker && one.state !== 'stopped');
if (!isThere()) {
	await heartbeats.stop();
	fail(`No worker ${worker} is heard of at this broker.`);
}
const until = systemClock.now() + patience * 1000;
await heartbeats.tell(worker, {type: 'drain'});
while (isThere() && systemClock.now() < until) {
	const {state, held = []} = heartbeats.get(worker) ?? {};
	if (process.stderr.isTTY)
		process.stderr.write(`\r${worker} is ${state}, holds ${held.length} attempts …\x1b[K`);
	await pause(systemClock, lookMs);
	// Orders may be lost; twice is harmless.
	if (heartbeats.get(worker)?.state !== 'draining') await heartbeats.tell(worker, {type: 'drain'});
}
if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
const drained = !isThere();
await heartbeats.stop();
if (values.json) console.log(JSON.stringify({worker, drained}));
else
	console.log(drained ? `${worker} has drained and is gone` : `${worker} still drains after ${patience} s`);
process.exitCode = drained ? 0 : 1;

function fail(why: string): never {
	console.error(why);
	process.exit(1);
}
