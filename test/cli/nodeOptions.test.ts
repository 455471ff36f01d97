import test from 'ava';
import {Command} from 'commander';
import {withNodeOptions, withServerNodeOptions, withWorkerNodeOptions} from '#cli/nodeOptions.ts';
import {settings} from '#config/schema.ts';
import type {Setting} from '#config/setting.ts';

test('every setting that has a short name is an option of the commands that start a node', t => {
	const options = withNodeOptions(new Command()).options.map(({long}) => long);
	for (const [key, {flag}] of Object.entries<Setting>(settings)) {
		if (flag !== undefined) t.true(options.includes(`--${flag}`), `${key}: --${flag}`);
	}
	t.true(options.includes('--tags'));
});

test('a server is offered nothing of workers, and a worker nothing of servers', t => {
	const of = (made: Command) => made.options.map(({long}) => long);
	const [server, worker] = [
		of(withServerNodeOptions(new Command())),
		of(withWorkerNodeOptions(new Command())),
	];
	for (const option of ['--host', '--port', '--store']) {
		t.true(server.includes(option));
		t.false(worker.includes(option));
	}
	for (const option of ['--pool', '--tags']) {
		t.false(server.includes(option));
		t.true(worker.includes(option));
	}
	t.deepEqual(
		new Set([...server, ...worker]).symmetricDifference(new Set(of(withNodeOptions(new Command())))),
		new Set(),
	);
});
