// The REST door's own description, without a node behind it: nothing is called.
import {pino} from 'pino';
import type {Api} from '#api/api.ts';
import {describeRest} from '#gateway/rest.ts';
import {systemClock} from '#lib/clock.ts';
import {createFeed} from '#observe/feed.ts';
import {createMetrics} from '#observe/metrics.ts';

export type Schema = {
	readonly $ref?: string;
	readonly type?: string;
	readonly description?: string;
	readonly enum?: readonly string[];
	readonly pattern?: string;
	readonly properties?: Readonly<Record<string, Schema>>;
	readonly required?: readonly string[];
	readonly anyOf?: readonly Schema[];
	readonly items?: Schema;
};

type Content = Readonly<Record<string, {readonly schema: Schema}>>;

export type Operation = {
	readonly operationId: string;
	readonly summary: string;
	readonly description?: string;
	readonly tags: readonly string[];
	readonly parameters?: readonly {
		readonly name: string;
		readonly in: 'query' | 'path' | 'header';
		readonly required?: boolean;
		readonly description?: string;
		readonly schema: Schema;
	}[];
	/** Scopes, under the name of the way in which a key is sent. */
	readonly security: readonly {readonly key?: readonly string[]}[];
	readonly requestBody?: {readonly content: Content};
	readonly responses: Readonly<Record<string, {readonly description: string; readonly content?: Content}>>;
};

export type OpenApi = {
	readonly tags: readonly {readonly name: string; readonly description: string}[];
	readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
	readonly components: {readonly schemas: Readonly<Record<string, Schema>>};
};

export async function restPage(): Promise<OpenApi> {
	const ambient = {log: pino({level: 'silent'}), clock: systemClock, metrics: createMetrics()};
	const http = {host: '127.0.0.1', port: 0, bodyLimitBytes: 1};
	return (await describeRest(ambient, {api: {} as Api, feed: createFeed(), http})) as OpenApi;
}
