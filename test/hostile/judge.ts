// What is right of an attack: its end is one of those its file names, it was ended within its limits, it
// shows nothing of the host, and what it made others carry is bounded.
import type {Case} from './case.ts';
import {shownIn} from './host.ts';
import {overrunOf} from './overrun.ts';
import type {Seen} from './seen.ts';

const mostFailureCharacters = 64 * 1024;
const mostLines = 1001;
const mostCharacters = 66_000;

export function judge(one: Case, seen: readonly Seen[]): string[] {
	if (one.atDeploy !== (seen[0]?.atDeploy ?? false)) {
		return [`the deployment ended otherwise: ${JSON.stringify(seen[0]?.failure ?? seen[0]?.end)}`];
	}
	const expected = one.atDeploy ? one.ends.slice(0, 1) : one.ends;
	return expected.flatMap((ends, at) => {
		const call: Seen = seen[at] ?? {end: 'nothing', text: '', tookMs: 0};
		const wrong = [...complaintsOf(one, call), ...resultComplaint(one, call, at)];
		if (!(ends as readonly string[]).includes(call.end)) {
			wrong.unshift(`expected ${ends.join(' or ')}, got ${call.end}: ${call.failure?.message ?? ''}`);
		}
		return wrong.map(complaint => `call ${at}: ${complaint}`);
	});
}

function resultComplaint({results}: Case, {end, result}: Seen, at: number): string[] {
	if (!results || end !== 'ok') return [];
	const [got, wanted] = [JSON.stringify(result), JSON.stringify(results[at])];
	return got === wanted ? [] : [`expected the result ${wanted}, got ${got?.slice(0, 500)}`];
}

function complaintsOf(one: Case, seen: Seen): string[] {
	const {text, failure, lines = []} = seen;
	const wrong = overrunOf(one, seen);
	const shown = shownIn(text);
	if (shown !== '') wrong.push(`shows something of the host: ${shown}`);
	if (failure?.stack?.includes('file:///warren/')) wrong.push(`shows frames of the guest: ${failure.stack}`);
	const size = JSON.stringify(failure ?? null).length;
	if (size > mostFailureCharacters) wrong.push(`its failure has ${size} characters`);
	const printed = lines.reduce((sum, line) => sum + line.text.length, 0);
	if (lines.length > mostLines || printed > mostCharacters)
		wrong.push(`printed ${lines.length} lines, ${printed} characters`);
	if (failure && !failure.message.includes(one.says)) wrong.push(`says ${failure.message.slice(0, 200)}`);
	return wrong;
}
