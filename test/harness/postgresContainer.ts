// PostgreSQL in a container, through testcontainers, where a Docker engine answers.
import type {Settings} from './postgresCluster.ts';
import {postgresReady} from './postgresReady.ts';

const image = 'postgres:16-alpine';
const port = 5432;

export type PostgresContainer = {
	url(): string;
	/** SIGKILL and a new start on the same data; the port is another one afterwards. */
	restart(): Promise<void>;
	stop(): Promise<void>;
};

export async function startPostgresContainer(settings: Settings = {}): Promise<PostgresContainer> {
	// Loaded by who starts one, for its many modules.
	const {GenericContainer, Wait} = await import('testcontainers');
	const started = await new GenericContainer(image)
		.withEnvironment({POSTGRES_PASSWORD: 'postgres'})
		.withExposedPorts(port)
		.withCommand(Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]))
		// Not for what it logs: the first time it starts twice, and says so twice, but once when it is restarted.
		.withWaitStrategy(Wait.forListeningPorts())
		.start();
	const url = () =>
		`postgres://postgres:postgres@${started.getHost()}:${started.getMappedPort(port)}/postgres`;
	await postgresReady(url());
	return {
		url,
		restart: () => started.restart({timeout: 0}),
		stop: async () => {
			await started.stop();
		},
	};
}
