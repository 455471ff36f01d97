// The numbers below `size`, mapped: what comes back is compared with what went.
import type {Api} from '#api/api.ts';
import type {End} from '#runtime/waiters.ts';

/** A function that gives its input back, called for each of so many numbers, as one request. */
export async function mapNumbers(api: Api, name: string, size: number): Promise<void> {
	const lines = Buffer.from(Array.from({length: size}, (_, at) => `${at}`).join('\n'));
	const results = new Map<string, string>();
	let open = Number.POSITIVE_INFINITY;
	const {promise, resolve, reject} = Promise.withResolvers<void>();
	const ended = ({task, failure, result}: End) => {
		if (failure || !result) reject(new Error(failure?.message ?? 'A chunk has no result'));
		else results.set(task, result.toString());
		if (results.size >= open) resolve();
	};
	const answer = await api.map({function: name, door: 'api', lines, ended});
	if (!answer.ok) throw new Error(answer.failure.message);
	open = answer.value.length;
	if (results.size >= open) resolve();
	await promise;
	for (const {first, count, answer: taken} of answer.value) {
		if (!taken.ok) throw new Error(taken.failure.message);
		const values = Array.from({length: count}, (_, at) => `{"value":${first + at}}`);
		if (results.get(taken.value.task) !== `[${values.join(',')}]`) throw new Error('A wrong outcome');
	}
}
