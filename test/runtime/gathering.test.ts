import {setImmediate as turn} from 'node:timers/promises';
import test from 'ava';
import {createGathering} from '#runtime/gathering.ts';

/** Letters that come as the turns of the event loop say, while the loop gathers. */
async function gathered(
	gather: () => Promise<void>,
	letters: {count: number},
	arrivals: readonly number[],
): Promise<number> {
	let over = false;
	const done = gather().then(() => {
		over = true;
	});
	for (const count of arrivals) {
		await turn();
		if (over) break;
		letters.count += count;
	}
	await done;
	const {count} = letters;
	letters.count = 0;
	return count;
}

function loop(most = 1000) {
	const letters = {count: 0};
	const gather = createGathering(() => letters.count, most);
	return async (first: number, ...arrivals: number[]) => {
		letters.count = first;
		return gathered(gather, letters, arrivals);
	};
}

test('who is alone waits for one turn, and for nobody after it', async t => {
	const commit = loop();
	t.is(await commit(1, 0, 1), 1);
	t.is(await commit(2, 0, 0, 1), 2);
	t.is(await commit(1, 0, 1), 1);
});

test('after a commit of many the next waits for those who come within a few turns', async t => {
	const commit = loop();
	t.is(await commit(60), 60);
	t.is(await commit(1, 0, 0, 3, 0, 0, 0, 59), 63);
});

test('once nobody comes any more it goes on, and the next one waits for nobody', async t => {
	const commit = loop();
	await commit(60);
	t.is(await commit(1, 0, 0, 0, 0, 0, 0, 9), 1);
	t.is(await commit(1, 0, 0, 9), 1);
});

test('those who go on coming keep nobody waiting for ever', async t => {
	const commit = loop();
	await commit(60);
	const trickle = Array.from({length: 100}, () => 1);
	t.true((await commit(1, ...trickle)) <= 17);
});

test('what fills a commit goes at once', async t => {
	const commit = loop(64);
	await commit(60);
	t.is(await commit(64, 0, 9), 64);
});
