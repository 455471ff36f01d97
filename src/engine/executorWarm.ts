import type {Build} from '#contract/build.ts';
import type {Sandbox} from './engine.ts';

type Idle = {readonly build: Build; readonly sandbox: Sandbox; readonly bytes: number};

/** What a sandbox needs beside its heap: measured at 1.2 MB for a blank one. */
const overheadBytes = 1.2 * 1024 * 1024;
/** The heap of one that nobody knows yet, about. */
const usualBytes = 2 * 1024 * 1024;

export type WarmSandboxes = ReturnType<typeof createWarmSandboxes>;

/** Idle sandboxes, kept for the next list of their version; over the budget the longest idle go. */
export function createWarmSandboxes(budgetBytes: number) {
	// In the order in which they fell idle; `byDigest` holds the same, the last idle at the end.
	const idle = new Set<Idle>();
	const byDigest = new Map<string, Idle[]>();
	let bytes = 0;

	function remove(one: Idle): void {
		const {digest} = one.build;
		const rest = (byDigest.get(digest) ?? []).filter(other => other !== one);
		if (rest.length > 0) byDigest.set(digest, rest);
		else byDigest.delete(digest);
		idle.delete(one);
		bytes -= one.bytes;
	}

	function close(one: Idle): void {
		remove(one);
		one.sandbox.close();
	}

	return {
		take(digest: string): Sandbox | undefined {
			for (let one = byDigest.get(digest)?.at(-1); one; one = byDigest.get(digest)?.at(-1)) {
				remove(one);
				if (!one.sandbox.spent) return one.sandbox;
				one.sandbox.close();
			}
			return undefined;
		},
		give(build: Build, sandbox: Sandbox): void {
			if (sandbox.spent) {
				sandbox.close();
				return;
			}
			const one = {build, sandbox, bytes: sandbox.heapBytes + overheadBytes};
			idle.add(one);
			byDigest.set(build.digest, [...(byDigest.get(build.digest) ?? []), one]);
			bytes += one.bytes;
			for (const oldest of idle) {
				if (bytes <= budgetBytes) break;
				close(oldest);
			}
		},
		/** How many of a version there are. */
		ready: (digest: string): number => byDigest.get(digest)?.length ?? 0,
		/** One more of a version, and none has to go for it. */
		hasRoom(digest: string): boolean {
			const like = byDigest.get(digest)?.at(-1)?.bytes ?? usualBytes + overheadBytes;
			return bytes + like <= budgetBytes;
		},
		drop(digest: string): void {
			for (const one of byDigest.get(digest) ?? []) close(one);
		},
		/** How many there are, by function name. */
		count(): Record<string, number> {
			const counts: Record<string, number> = {};
			for (const {build} of idle) counts[build.function] = (counts[build.function] ?? 0) + 1;
			return counts;
		},
	};
}
