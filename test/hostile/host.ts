// What a function, its failure and its lines must never show: where Warren lies, who runs it, what
// its environment holds, how it is made inside.
import {homedir, hostname, userInfo} from 'node:os';
import process from 'node:process';
import {fileURLToPath} from 'node:url';

/** Stands in the environment of the node, as a password would. */
export const secret = 'hunter2-of-the-host';

const traces: readonly RegExp[] = [
	/node_modules|isolated-vm|isolated_vm|nodejs/,
	/\bnode:[a-z]/,
	/\bivm\b/,
	/\.ts:\d+:\d+/,
	/(?:^|[^\w/])\/(?:home|root|usr|opt|tmp|etc|var|proc)\//,
	/executor\.ts|isolateBlank|guestSource/,
];

/** What of the host shows in a text; '' if nothing does. */
export function shownIn(text: string): string {
	const known = [secret, fileURLToPath(new URL('../..', import.meta.url)), process.execPath];
	if (homedir().length > 1) known.push(homedir());
	if (userInfo().username.length > 4) known.push(userInfo().username);
	if (hostname().length > 4) known.push(hostname());
	const found = known.find(part => text.includes(part)) ?? traces.find(trace => trace.test(text));
	if (found === undefined) return '';
	const at = typeof found === 'string' ? text.indexOf(found) : text.search(found);
	return text.slice(Math.max(0, at - 80), at + 120);
}
