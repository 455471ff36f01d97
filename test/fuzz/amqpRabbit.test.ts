import test from 'ava';
import {attackIntake} from './intake.ts';
import {told} from './plan.ts';
import {rabbitIntake} from './rabbitIntake.ts';

/** Each waits for the broker most of the time, and has a node and a producer of its own. */
const of = 4;

for (let part = 0; part < of; part++) {
	test(`the intake settles whatever is published, on RabbitMQ (${told}, part ${part + 1} of ${of})`, t =>
		attackIntake(t, rabbitIntake, {part, of}));
}
