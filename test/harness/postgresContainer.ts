// PostgreSQL in a container, through testcontainers, where a Docker engine answers.

const image = 'postgres:16-alpine';
const port = 5432;

export type PostgresContainer = {
	url(): string;
	/** SIGKILL and a new start on the same data; the port is another one afterwards. */
	restart(): Promise<void>;
	stop(): Promise<void>;
};

export async function startPostgresContainer(): Promise<PostgresContainer> {
	// Loaded by who starts one, for its many modules.
	const {GenericContainer, Wait} = await import('testcontainers');
	const started = await new GenericContainer(image)
		.withEnvironment({POSTGRES_PASSWORD: 'postgres'})
		.withExposedPorts(port)
		// It starts twice: the first time only to be set up.
		.withWaitStrategy(Wait.forLogMessage(/database system is ready to accept connections/, 2))
		.start();
	return {
		url: () => `postgres://postgres:postgres@${started.getHost()}:${started.getMappedPort(port)}/postgres`,
		restart: () => started.restart({timeout: 0}),
		stop: async () => {
			await started.stop();
		},
	};
}
