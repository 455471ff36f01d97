import {connectionContract} from './connection.ts';
import {declaringContract} from './declaring.ts';
import {deliveryContract} from './delivery.ts';
import {pressureContract} from './pressure.ts';
import {stoppingContract} from './stopping.ts';
import {verdictContract} from './verdicts.ts';
import type {OpenWorld} from './world.ts';

/** The laws of `#transport/transport.ts`, run against an adapter. */
export function transportContract(name: string, openWorld: OpenWorld): void {
	deliveryContract(name, openWorld);
	verdictContract(name, openWorld);
	pressureContract(name, openWorld);
	declaringContract(name, openWorld);
	stoppingContract(name, openWorld);
	connectionContract(name, openWorld);
}
