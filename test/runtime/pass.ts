import type {World} from './world.ts';

/** Time goes on, heartbeat by heartbeat, with whatever it brings. */
export async function pass({clock, quiet}: World, seconds: number): Promise<void> {
	for (let n = 0; n < seconds * 2; n++) {
		clock.advance(500);
		await quiet();
	}
}
