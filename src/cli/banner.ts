// What a node says on a terminal when it is up, and nothing more.

export type Up = {
	readonly url: string;
	readonly data: string;
	readonly broker: string;
	readonly store: string;
	readonly version: string;
};

/** Of a worker, or of a supervisor (`keeps`: how many workers). */
export type Crew = {
	readonly id?: string | undefined;
	readonly keeps?: number;
	readonly pool: string;
	readonly tags: readonly string[];
	readonly broker: string;
	readonly version: string;
};

const farewell = 'Ctrl-C drains and stops.';

/** @param me what is typed to start this program */
export function banner(up: Up, me: string): string {
	return screen(`Warren ${up.version} is up`, placesOf(up), [
		'A first function, in another terminal:',
		`  ${me} init hello && ${me} deploy hello/hello.ts && ${me} invoke hello -p name=Ada`,
		'',
		farewell,
	]);
}

export function serverBanner(up: Up, me: string): string {
	return screen(`Warren ${up.version}: this server is up`, placesOf(up), [
		`It runs no functions itself: \`${me} worker\` with the same --broker starts what does.`,
		farewell,
	]);
}

export function crewBanner({id, keeps, pool, tags, broker, version}: Crew): string {
	const workers = keeps === 1 ? '1 worker' : `${keeps} workers`;
	const what = keeps === undefined ? `worker ${id ?? ''}` : `this supervisor of ${workers}`;
	const rows = {Broker: broker, Pool: pool, ...(tags.length > 0 && {Tags: tags.join(', ')})};
	return screen(`Warren ${version}: ${what} is up`, rows, [farewell]);
}

function placesOf({url, data, broker, store}: Up): Readonly<Record<string, string>> {
	return {
		API: url,
		Docs: `${url}/docs`,
		Data: store === 'memory:' ? 'memory only: tasks are gone when this process ends' : data,
		...(store.startsWith('postgres') && {Store: store}),
		Broker: broker === 'memory:' ? 'in this process' : broker,
	};
}

function screen(title: string, rows: Readonly<Record<string, string>>, last: readonly string[]): string {
	const listed = Object.entries(rows).map(([name, value]) => `  ${name.padEnd(8)} ${value}`);
	return [title, '', ...listed, '', ...last.map(line => (line === '' ? '' : `  ${line}`))].join('\n');
}
