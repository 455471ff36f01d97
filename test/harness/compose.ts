import {spawnSync} from 'node:child_process';

/** How Compose is started. */
export type Compose = readonly [command: string, ...args: string[]];

/** The plugin of Docker, or the older program; undefined: there is neither. An engine it need not have. */
export function findCompose(): Compose | undefined {
	const programs: readonly Compose[] = [['docker', 'compose'], ['docker-compose']];
	return programs.find(([command, ...args]) => spawnSync(command, [...args, 'version']).status === 0);
}
