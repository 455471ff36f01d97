import type {ExecutorItem} from '#contract/executor.ts';
import type {Call} from './engine.ts';
import type {Items} from './executorList.ts';

// One call into a sandbox takes so many items of a list at most, and so many bytes: a large input
// travels alone, so that what its copy costs is its own.
const mostItems = 256;
const mostBytes = 1024 * 1024;

/** Attempts as the items of a list. @param fresh each of them gets a sandbox of its own */
export function callsOf(
	items: readonly ExecutorItem[],
	inputs: readonly (Buffer | undefined)[],
	fresh: boolean,
): Items {
	const most = fresh ? 1 : mostItems;
	return {
		size: items.length,
		slice(base, isOver) {
			const calls: Call[] = [];
			let bytes = 0;
			for (let at = base; at < items.length && calls.length < most && !isOver(at); at++) {
				const input = inputs[at] ?? Buffer.alloc(0);
				bytes += input.length;
				if (calls.length > 0 && bytes > mostBytes) break;
				calls.push({...(items[at] as ExecutorItem), input});
			}
			return {size: calls.length, run: (sandbox, watch) => sandbox.run(calls, watch)};
		},
	};
}
