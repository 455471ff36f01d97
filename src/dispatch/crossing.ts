// One attempt in another area, from the moment it is handed over until it has ended there or is taken back.
// The home keeps the task: what the area says is an outcome like a worker's, taken if it is the first of the
// current attempt. While the area is silent nobody knows whether it runs; after a bound it is taken back, and
// may then run twice, as after the loss of a worker.
import type {Failure} from '#actors/failure.ts';
import type {SubmitOptions} from '#contract/task.ts';
import type {Placement} from '#runtime/runtime.ts';
import type {CrossingEnd, CrossingParts} from './passage.ts';
import {PeerAway} from './peer.ts';
import {stay} from './stay.ts';
import {within} from './within.ts';

/** An area that does not answer a submission by then is away: the attempt could run here meanwhile. */
const submitMs = 3000;
const deployMs = 10_000;

/** @throws whatever is a bug */
export async function cross(parts: CrossingParts): Promise<CrossingEnd> {
	let isTaken = false;
	try {
		const handed = await handOver(parts);
		if ('how' in handed) return handed;
		isTaken = true;
		parts.taken();
		return await stay(parts, handed.task);
	} catch (error) {
		if (parts.over.aborted) return {how: 'left'};
		if (!(error instanceof PeerAway)) throw error;
		const again = isTaken || error.sent || parts.placement.again;
		return {how: 'back', why: error.message, again, rest: 'area'};
	}
}

async function handOver(parts: CrossingParts): Promise<{readonly task: string} | CrossingEnd> {
	const {clock, peer, over, placement} = parts;
	const submit = () => peer.submit(errandOf(parts), within(clock, submitMs, over));
	const first = await submit();
	if (!('refused' in first)) return first;
	const build =
		first.refused.code === 'FUNCTION_NOT_FOUND' ? await parts.build(placement.row.version) : undefined;
	if (!build) return refused(first.refused, placement);
	const failure = await parts.deploy(build, within(clock, deployMs, over));
	if (failure) return refused(failure, placement);
	const second = await submit();
	return 'refused' in second ? refused(second.refused, placement) : second;
}

/** What says something of the area, and not of the function. */
const ofArea: readonly Failure['code'][] = [
	...(['UNAUTHORIZED', 'FORBIDDEN', 'RATE_LIMITED', 'UNAVAILABLE', 'INTERNAL'] as const),
];

const refused = ({code, message}: Failure, {again}: Placement): CrossingEnd => ({
	...{how: 'back', why: `it refused (${code}): ${message}`, again},
	rest: ofArea.includes(code) ? 'area' : 'function',
});

/** `spill: false` is the mark on the way: what came from another area is handed on to none. */
function errandOf({clock, own, placement: {row, input}}: CrossingParts) {
	const options: SubmitOptions = {
		...{key: `${own}.${row.id}.${row.attempt}`, version: row.version, class: row.class},
		// Whether its failure is final is for its home to say.
		...{maxAttempts: 1, spill: false},
		...(row.wallMs !== null && {timeoutMs: row.wallMs}),
		...(row.deadline !== null && {deadline: row.deadline}),
		...(row.expiresAt !== null && {expiresInMs: Math.max(1, row.expiresAt - clock.now())}),
		...(row.trace !== null && {trace: row.trace}),
	};
	return {function: row.function, input, options};
}
