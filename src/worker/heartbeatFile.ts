// A file that is as old as this worker's last heartbeat, for whoever looks after the process from outside: a worker
// opens no port to be asked at. It is touched whether or not the broker takes the heartbeat. A worker without its
// broker goes on with what it runs, and to start it again would only lose that.
import {open, utimes} from 'node:fs/promises';
import type {Logger} from '#observe/observe.ts';

/** Gives what touches it. Does not throw: a file that can't be touched grows old, which is what its reader looks at. */
export function createHeartbeatFile(log: Logger, path: string): () => void {
	let isTouching = false;
	let isTold = false;
	const touch = async (): Promise<void> => {
		const now = new Date();
		// Writes no byte: a full disk is no reason to end a worker.
		await utimes(path, now, now).catch(async () => (await open(path, 'a')).close());
		isTold = false;
	};
	return () => {
		// A disk that hangs is asked once.
		if (isTouching) return;
		isTouching = true;
		void touch()
			.catch(error => {
				if (!isTold) log.warn({err: error, path}, 'the file of heartbeats could not be touched');
				isTold = true;
			})
			.finally(() => {
				isTouching = false;
			});
	};
}
