// Two servers as real processes on RabbitMQ and PostgreSQL, and supervisors that one of them tells how many workers to
// keep: when that one is killed, the other one does.
import test from 'ava';
import {spawned} from '../cli/process.ts';
import {tempFolder} from '../cli/pty.ts';
import {scaled} from './supervisors.ts';
import {twoServers} from './twoServers.ts';

test('when the server that tells supervisors is killed, the other one tells them', async t => {
	t.timeout(180_000);
	const {
		servers: [first],
		clients: [asked, other],
		beside,
	} = await twoServers(t);
	const supervise = () =>
		spawned(t, tempFolder(t), [
			...['supervise', '--workers', '0', '--log', 'info'],
			...beside('worker.executors=1'),
		]);
	supervise();
	supervise();
	await scaled(other, ({supervisors, done}) => supervisors.length === 2 && done);
	// The one with the first name tells, whichever is asked.
	await other.scale('default', 2);
	const before = await scaled(asked, ({running, done}) => running === 2 && done);
	t.deepEqual(
		before.supervisors.map(({wanted}) => wanted),
		[1, 1],
	);

	await first.kill();
	await other.scale('default', 3);

	const after = await scaled(other, ({running, done}) => running === 3 && done);
	t.deepEqual(
		after.supervisors.map(({wanted, restarts}) => `${wanted} ${restarts}`).sort(),
		['1 0', '2 0'],
		'those that were there stayed',
	);
	await other.scale('default', 0);
	await scaled(other, ({running, done}) => running === 0 && done);
});
