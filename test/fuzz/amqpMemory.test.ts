import test from 'ava';
import {world} from '../runtime/world.ts';
import {attackIntake, letterOf, tellParked} from './intake.ts';
import {told} from './plan.ts';

test(`the intake settles whatever is published, in process (${told})`, t =>
	attackIntake(t, async (_, fates) => {
		const {line, names, until, server, worker} = await world(t);
		const node = await server({door: true});
		await node.deploy('fib');
		await worker({act: run => run.succeed(run.input)});
		await line.declare({exchanges: [], queues: [{name: 'own', type: 'classic', exclusive: true}]});
		await line.consume('own', {prefetch: 100}, ({properties}) => {
			fates.answered(letterOf(properties.correlationId));
			return 'ack';
		});
		await line.consume(names.dead, {prefetch: 100}, ({properties}) => {
			tellParked(fates, properties);
			return 'ack';
		});
		node.feed.listen(({actor, id}) => actor === 'task' && fates.told(id));
		const depth = async (queue: string) => (await line.depth(queue)) ?? 0;
		return {
			...{fn: 'fib', address: 'own', until},
			async publish({key, body, risky}, properties) {
				// The broker in process has no producers but Warren's own: it refuses nothing.
				if (risky) return false;
				try {
					return (await line.publish({exchange: names.tasks, key, body, properties})) === 'taken';
				} catch (error) {
					// What AMQP can't carry.
					if (error instanceof TypeError || error instanceof RangeError) return false;
					throw error;
				}
			},
			accepted: async () => (await node.api.status()).ledger.accepted,
			waiting: async () => (await depth(names.intake)) + (await depth(names.refused)),
			alarms: () => node.ambient.lines.filter(({level}) => level >= 50).map(({msg}) => msg),
		};
	}));
