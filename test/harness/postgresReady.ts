import pg from 'pg';

const patienceMs = 60_000;
const betweenMs = 25;

/** Resolves when a PostgreSQL server takes connections at this URL. */
export async function postgresReady(url: string): Promise<void> {
	const until = performance.now() + patienceMs;
	while (!(await answers(url))) {
		if (performance.now() > until) throw new Error(`No PostgreSQL answered in ${patienceMs} ms`);
		await new Promise(resolve => setTimeout(resolve, betweenMs));
	}
}

async function answers(url: string): Promise<boolean> {
	const client = new pg.Client({connectionString: url, connectionTimeoutMillis: 2000});
	client.on('error', () => {});
	try {
		await client.connect();
		return true;
	} catch {
		return false;
	} finally {
		await client.end().catch(() => {});
	}
}
