// A bounded part of `npm run chaos -- --servers 2 --store postgres`: what befalls one of two servers, or the
// database of both, once each and briskly, under a small load over REST of both and over AMQP.
import test from 'ava';
import {ownPostgres} from '../harness/postgres.ts';
import {rabbit} from '../harness/rabbit.ts';
import type {FaultName} from './faults.ts';
import {round, steady} from './round.ts';

const seed = 20_261_121;
const faults: readonly FaultName[] = [
	'kill-server',
	'stop-server',
	'part-broker',
	'part-database',
	'kill-postgres',
	'rolling-restart',
];

test('under load, one of two servers dies, stands still or is cut off, the database dies, all restart: nothing is lost, stuck or wrong', async t => {
	t.timeout(180_000);
	const broker = await rabbit();
	const never = () => Promise.reject(new Error('Others use this broker too'));
	const postgres = await ownPostgres('a database that is killed under two servers');
	t.teardown(() => postgres.stop());
	const tasks = 40 * faults.length;

	const report = await round({
		rabbit: {
			...broker,
			kill: never,
			start: never,
			settle: async () => {},
			isOurs: false,
			evaluate: never,
			stop: never,
		},
		...{
			postgres,
			servers: 2,
			workers: 2,
			seed,
			faults,
			pace: steady,
			blows: faults.length,
			load: {tasks},
			brisk: 0.1,
		},
		settings: ['dispatch.audit=1s', 'node.lease=1s'],
	});

	for (const {fault, what, missed, healMs} of report.blows)
		t.log(`${fault}: ${what}${missed === null ? '' : `; a miss: ${missed}`}; healed after ${healMs} ms`);
	if (!report.clean) t.log(JSON.stringify(report, null, 1));
	// One that missed was struck again: in the end each has bitten, once.
	t.deepEqual(
		report.blows.filter(({missed}) => missed === null).map(({fault}) => fault),
		faults,
	);
	const none = {lost: [], stuck: [], wrong: [], misanswered: [], breaks: [], left: []};
	t.like(report.verdict, {...none, unlawful: [], refused: [], balanced: true});
	t.true(report.clean);
	t.true(report.verdict.tasks > tasks);
	t.is(report.verdict.replayed.histories, report.verdict.tasks);
	t.log(`${report.seconds.toFixed(0)} s`);
});
