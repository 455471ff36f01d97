// Users of the broker with the least permissions: what each role of Warren declares, writes and reads,
// and no more. Prints the commands of `rabbitmqctl`, or runs them.
import {spawnSync} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {parseArgs} from 'node:util';
import {type Permissions, permissionsOf, roles} from './brokerPermissions.ts';

const usage = `usage: node bin/run.cjs scripts/broker-users.ts ROLE [NAME] [options]

ROLE is one of ${Object.keys(roles).join(', ')}; NAME is the user's name (warren-ROLE unless given).
Prints the commands that make the user on the broker of this host; --run runs them.

options
  --prefix NAME    the installation's prefix (default warren, or WARREN_BROKER_PREFIX)
  --vhost NAME     default /
  --run            run the commands with rabbitmqctl, and print the password

examples
  node bin/run.cjs scripts/broker-users.ts worker
  node bin/run.cjs scripts/broker-users.ts producer billing --run`;

const {values, positionals} = parseArgs({
	allowPositionals: true,
	options: {
		prefix: {type: 'string', default: process.env.WARREN_BROKER_PREFIX ?? 'warren'},
		vhost: {type: 'string', default: '/'},
		run: {type: 'boolean', default: false},
		help: {type: 'boolean', short: 'h', default: false},
	},
});
const [role = '', name = `warren-${role}`] = positionals;
if (values.help) console.log(usage);
else if (!(role in roles)) {
	console.error(`Expected a role (${Object.keys(roles).join(', ')}), got \`${role}\`\n\n${usage}`);
	process.exitCode = 1;
} else make(permissionsOf(role as keyof typeof roles, values.prefix));

function make({configure, write, read}: Permissions): void {
	const password = randomBytes(18).toString('base64url');
	const commands = [
		['add_user', name, password],
		['set_permissions', '--vhost', values.vhost, name, configure, write, read],
	];
	for (const command of commands) {
		if (values.run) rabbitmqctl(command);
		else console.log(`rabbitmqctl ${command.map(quote).join(' ')}`);
	}
	if (values.run) console.log(`user ${name}, password ${password}`);
}

function rabbitmqctl(args: readonly string[]): void {
	const {status, error, stderr} = spawnSync('rabbitmqctl', args, {encoding: 'utf8'});
	if (status === 0) return;
	console.error(`rabbitmqctl ${args[0]} failed: ${error?.message ?? stderr.trim()}`);
	process.exit(1);
}

function quote(word: string): string {
	return /^[\w/.-]+$/.test(word) ? word : `'${word}'`;
}
