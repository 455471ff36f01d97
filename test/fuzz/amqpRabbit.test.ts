import test from 'ava';
import {attackIntake} from './intake.ts';
import {told} from './plan.ts';
import {rabbitIntake} from './rabbitIntake.ts';

test(`the intake settles whatever is published, on RabbitMQ (${told})`, t => attackIntake(t, rabbitIntake));
