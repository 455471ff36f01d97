// Which PostgreSQL the tests use. It is never silently none: a test that needs one fails without.
import {engineAnswers} from './containers.ts';
import {canInstall, install} from './install.ts';
import {findPostgres, startCluster} from './postgresCluster.ts';
import {startPostgresContainer} from './postgresContainer.ts';

export type PostgresKind = 'url' | 'cluster' | 'container';

export type PostgresServer = {
	readonly url: string;
	stop(): Promise<void>;
};

const none =
	'No PostgreSQL for the tests: set WARREN_TEST_PG_URL, or install postgresql, or start a Docker engine, ' +
	'or run as root on Debian or Ubuntu, where it is installed with apt-get.';

/** Takes the first that is there. @throws Error when there is none */
export async function openPostgresServer(env: NodeJS.ProcessEnv = process.env): Promise<PostgresServer> {
	const kind = await postgresKind(env);
	if (kind === 'url') return {url: env.WARREN_TEST_PG_URL ?? '', stop: async () => {}};
	if (kind === 'container') {
		const container = await startPostgresContainer();
		return {url: container.url(), stop: () => container.stop()};
	}
	return startCluster(binaries());
}

/** Which one it would be. @throws Error when there is none */
export async function postgresKind(env: NodeJS.ProcessEnv = process.env): Promise<PostgresKind> {
	if (env.WARREN_TEST_BROKER === 'containers') return 'container';
	if (env.WARREN_TEST_PG_URL) return 'url';
	if (findPostgres()) return 'cluster';
	if (await engineAnswers()) return 'container';
	if (!canInstall()) throw new Error(none);
	install(['postgresql']);
	return 'cluster';
}

/** @throws Error when none are installed */
export function binaries(): string {
	const initdb = findPostgres();
	if (!initdb) throw new Error(none);
	return initdb;
}
