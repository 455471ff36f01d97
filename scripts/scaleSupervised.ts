import {setTimeout as delay} from 'node:timers/promises';
import {createClient} from '#client/client.ts';
import {WarrenError} from '#client/error.ts';

type Asked = {
	readonly url: string;
	readonly pool: string;
	readonly wanted: number;
	readonly json: boolean;
	readonly patienceMs: number;
};

const lookMs = 250;

/** Lets a server scale a pool that supervisors keep, and waits until it is so; gives the exit code. */
export async function scaleSupervised({url, pool, wanted, json, patienceMs}: Asked): Promise<number> {
	const key = process.env.WARREN_KEY;
	const until = Date.now() + patienceMs;
	try {
		const client = createClient({url, ...(key ? {key} : {})});
		const before = await client.scaled(pool);
		let now = await client.scale(pool, wanted);
		while (!now.done && Date.now() < until) {
			if (process.stderr.isTTY) process.stderr.write(`\r${now.running} of ${wanted} workers …`);
			await delay(lookMs);
			now = await client.scaled(pool);
		}
		if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
		const [from, to] = [before.running, now.running];
		const supervisors = now.supervisors.map(({id, wanted: workers, running}) => ({
			id,
			wanted: workers,
			running,
		}));
		if (json) console.log(JSON.stringify({wanted, before: from, after: to, supervisors}));
		else {
			console.log(`${from} → ${to} workers, kept by ${supervisors.length} supervisors`);
			for (const {id, wanted: workers, running} of supervisors)
				console.log(`  ${id}: ${running} of ${workers}`);
		}
		if (!now.done)
			console.error(`It is not so after ${patienceMs / 1000} s; \`warren supervisors\` says why.`);
		return now.done ? 0 : 1;
	} catch (error) {
		const why = error instanceof Error ? error.message : String(error);
		console.error(
			`Supervisors keep pool ${pool}, so a server must tell them, and ${url} did not: ${why}${hint(error)}`,
		);
		return 1;
	}
}

function hint(error: unknown): string {
	if (!(error instanceof WarrenError)) return '';
	if (error.unreachable) return '\nGive its address with --url or WARREN_URL.';
	const isKey = ['UNAUTHORIZED', 'FORBIDDEN'].includes(error.failure.code);
	return isKey ? '\nGive a key with the scopes `read` and `operate` in WARREN_KEY.' : '';
}
