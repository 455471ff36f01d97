// What `warren up` says when it is up, and nothing more.

export type Up = {
	readonly url: string;
	readonly data: string;
	readonly broker: string;
	readonly store: string;
	readonly version: string;
};

/** @param me what is typed to start this program */
export function banner({url, data, broker, store, version}: Up, me: string): string {
	const place = broker === 'memory:' ? 'in this process' : broker;
	const kept = store === 'memory:' ? 'memory only: tasks are gone when this process ends' : data;
	return [
		`Warren ${version} is up`,
		'',
		`  API      ${url}`,
		`  Docs     ${url}/docs`,
		`  Data     ${kept}`,
		`  Broker   ${place}`,
		'',
		'  A first function, in another terminal:',
		`    ${me} init hello && ${me} deploy hello/hello.ts && ${me} invoke hello -p name=Ada`,
		'',
		'  Ctrl-C drains and stops.',
	].join('\n');
}
