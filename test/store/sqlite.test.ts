import {join} from 'node:path';
import {openSqlite} from '#store/sqlite/store.ts';
import {storeContract} from './store.ts';
import {ambient, folder, type Place} from './world.ts';

storeContract('sqlite file', async (t): Promise<Place> => {
	const path = join(await folder(t), 'warren.db');
	return {
		durable: true,
		async open() {
			const store = await openSqlite(ambient(), {path, remembered: 2});
			t.teardown(() => store.close());
			return store;
		},
	};
});

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
