import type {TaskState} from '#actors/task.ts';
import type {Store} from '#store/store.ts';
import type {Transport} from '#transport/transport.ts';
import type {TestAmbient} from '../harness/ambient.ts';
import type {FakeClock} from '../harness/clock.ts';
import type {HintHub} from './hintHub.ts';
import type {Life, Sent} from './life.ts';

/** What the processes of one world share. */
export type Ground = {
	readonly clock: FakeClock;
	readonly connect: () => Transport;
	readonly born: (transport: Transport, diesAt: number | undefined) => Life;
	/** Whose it is dies at once; anybody's lasts as long as the world. */
	readonly open: (ambient: TestAmbient, life?: Life) => Promise<Store>;
	/** Undefined: servers only look for what others did. */
	readonly hints: HintHub | undefined;
	readonly sever: (transport: Transport, until?: Promise<void>) => void;
	/** What the whole world sees, whoever lives: messages that the broker was given, ends that were committed. */
	readonly record: {
		readonly sent: Sent[];
		readonly ends: {readonly task: string; readonly state: TaskState}[];
	};
};

export const intakeBytes = 1024 * 1024;
