// Users of the broker with the least permissions: what each role of Warren declares, writes and reads,
// and no more. Prints the commands of `rabbitmqctl`, or runs them.
import {spawnSync} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {type Permissions, permissionsOf, roles} from './brokerPermissions.ts';
import {readArgs} from './commandLine.ts';

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

const options = {
	prefix: {type: 'string', default: process.env.WARREN_BROKER_PREFIX ?? 'warren'},
	vhost: {type: 'string', default: '/'},
	run: {type: 'boolean', default: false},
} as const;
const {role, name, ...values} = readArgs(usage, {allowPositionals: true, options}, args => {
	const [first = '', given = `warren-${first}`] = args.positionals;
	if (!Object.hasOwn(roles, first))
		throw new TypeError(`Expected a role (${Object.keys(roles).join(', ')}), got \`${first}\``);
	return {...args.values, role: first as keyof typeof roles, name: given};
});
make(permissionsOf(role, values.prefix));

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
