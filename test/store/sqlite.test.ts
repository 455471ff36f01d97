import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import {openSqlite} from '#store/sqlite/store.ts';
import {tamperSqlite} from '../harness/tamper.ts';
import {recountContract} from './recount.ts';
import {storeContract} from './store.ts';
import {uncountedContract} from './strayed.ts';
import {ambient, folder, type OpenPlace, type Place} from './world.ts';

const file = async (t: ExecutionContext): Promise<OpenPlace> => {
	const path = join(await folder(t), 'warren.db');
	return {
		durable: true,
		tamper: sql => tamperSqlite(path, sql),
		async open() {
			const store = await openSqlite(ambient(), {path, remembered: 2});
			t.teardown(() => store.close());
			return store;
		},
	};
};

storeContract('sqlite file', file);
recountContract('sqlite file', file);
uncountedContract('sqlite file', file);

storeContract(
	'sqlite in memory',
	async (t): Promise<Place> => ({
		durable: false,
		async open() {
			const store = await openSqlite(ambient(), {path: ':memory:'});
			t.teardown(() => store.close());
			return store;
		},
	}),
);
