// On a fresh Debian or Ubuntu machine where we are root (a container, a CI machine) the broker comes
// from the distribution. Its service must not start: a policy-rc.d says so while apt-get runs.
import {spawnSync} from 'node:child_process';
import {chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';

const policy = '/usr/sbin/policy-rc.d';

export function canInstall(): boolean {
	if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return false;
	const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
	return /^ID(?:_LIKE)?=.*\b(?:debian|ubuntu)\b/m.test(release);
}

/** @throws Error with what apt-get said */
export function install(packages: readonly string[]): void {
	console.error(`test: installing ${packages.join(', ')} with apt-get; no service is started`);
	const before = existsSync(policy) ? {text: readFileSync(policy), mode: statSync(policy).mode} : undefined;
	writeFileSync(policy, '#!/bin/sh\nexit 101\n');
	chmodSync(policy, 0o755);
	try {
		apt(['update']);
		apt(['install', '--yes', '--no-install-recommends', ...packages]);
	} finally {
		rmSync(policy);
		if (before) {
			writeFileSync(policy, before.text);
			chmodSync(policy, before.mode);
		}
	}
}

function apt(args: readonly string[]): void {
	const env = {...process.env, DEBIAN_FRONTEND: 'noninteractive'};
	const {status, stdout, stderr} = spawnSync('apt-get', ['-qq', ...args], {env, encoding: 'utf8'});
	if (status !== 0) throw new Error(`apt-get ${args.join(' ')} failed (${status}): ${stderr || stdout}`);
}
