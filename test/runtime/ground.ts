import type {Store} from '#store/store.ts';
import type {Transport} from '#transport/transport.ts';
import type {TestAmbient} from '../harness/ambient.ts';
import type {FakeClock} from '../harness/clock.ts';
import type {Life} from './life.ts';

/** What the processes of one world share. */
export type Ground = {
	readonly clock: FakeClock;
	readonly connect: () => Transport;
	readonly born: (transport: Transport, diesAt: number | undefined) => Life;
	readonly open: (ambient: TestAmbient) => Promise<Store>;
	readonly sever: (transport: Transport) => void;
};

export const intakeBytes = 1024 * 1024;
