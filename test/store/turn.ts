// All tests of a file begin at once. A server has room for so many connections, so they take turns.
import type {ExecutionContext} from 'ava';

const most = 8;

const inside = new Set<ExecutionContext>();
const outside: (() => void)[] = [];

/** Resolves when there is room for this test; it makes room for another when it ends. */
export async function turn(t: ExecutionContext): Promise<void> {
	if (inside.has(t)) return;
	while (inside.size >= most) await new Promise<void>(resolve => outside.push(resolve));
	inside.add(t);
	t.teardown(() => {
		inside.delete(t);
		outside.shift()?.();
	});
}
