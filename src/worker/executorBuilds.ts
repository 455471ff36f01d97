import type {Build} from '#contract/build.ts';
import type {ExecutorOrder} from '#contract/executor.ts';

/** What one executor may hold of code that it has no use for now. */
const mostBytes = 128 * 1024 * 1024;

type Send = (order: ExecutorOrder, bodies?: readonly (Buffer | undefined)[]) => void;

export type BuildShelf = {
	has(digest: string): boolean;
	/** Sends a version that the executor does not have; over the limit, the one used longest ago is forgotten. */
	provide(build: Build, inUse: (digest: string) => boolean): void;
};

/**
 * Which versions an executor was given: code crosses once, later lists name it by its digest.
 * @param isStocked whether sandboxes of a version may be made before they are asked for
 */
export function createBuildShelf(send: Send, isStocked: (digest: string) => boolean): BuildShelf {
	// By digest, the one used last at the end; with its size.
	const held = new Map<string, number>();
	let bytes = 0;

	function forget(inUse: (digest: string) => boolean): void {
		for (const [digest, size] of held) {
			if (bytes <= mostBytes) return;
			if (inUse(digest)) continue;
			held.delete(digest);
			bytes -= size;
			send({type: 'forget', digest});
		}
	}

	return {
		has: digest => held.has(digest),
		provide({code, map, ...rest}, inUse) {
			const known = held.get(rest.digest);
			const size = known ?? code.length + (map?.length ?? 0);
			held.delete(rest.digest);
			held.set(rest.digest, size);
			if (known !== undefined) return;
			bytes += size;
			forget(digest => digest === rest.digest || inUse(digest));
			send({type: 'build', isStocked: isStocked(rest.digest), ...rest}, [code, map ?? undefined]);
		},
	};
}
