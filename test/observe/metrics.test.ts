// What every task moves is counted by ourselves: it must read as prom-client's own metrics do.
import test from 'ava';
import {Counter, Histogram, Registry} from 'prom-client';
import {FunctionCounter, FunctionHistogram} from '#observe/functionMetrics.ts';

const bounds = [0.001, 0.01, 0.1, 1];

test('numbers of functions read as those of prom-client, whenever somebody looks', async t => {
	const [ours, theirs] = [new Registry(), new Registry()];
	const histogram = new FunctionHistogram(ours, 'run_seconds', 'Inside the sandbox', bounds);
	const counter = new FunctionCounter(ours, 'transitions_total', 'Tasks that entered a state', 'state');
	const wantedHistogram = new Histogram({
		...{name: 'run_seconds', help: 'Inside the sandbox', labelNames: ['function'], buckets: bounds},
		registers: [theirs],
	});
	const wantedCounter = new Counter({
		...{name: 'transitions_total', help: 'Tasks that entered a state', labelNames: ['function', 'state']},
		registers: [theirs],
	});
	for (let look = 0; look < 3; look++) {
		for (const fn of ['echo', 'fib', 'with "quotes"']) {
			for (const value of [0, 0.001, 0.0011, 0.01, 0.5, 1, 7]) {
				histogram.observe(fn, value);
				wantedHistogram.observe({function: fn}, value);
			}
			for (const state of ['queued', 'queued', 'succeeded']) {
				counter.inc(fn, state);
				wantedCounter.inc({function: fn, state});
			}
		}
		t.is(await ours.metrics(), await theirs.metrics());
	}
});

test('a counter says what was counted to whoever asks it alone', async t => {
	const counter = new FunctionCounter(new Registry(), 'transitions_total', 'Tasks', 'state');
	counter.inc('echo', 'queued');
	counter.inc('echo', 'queued');
	const {values} = await counter.get();
	t.deepEqual(
		values.map(({labels, value}) => [labels, value]),
		[[{function: 'echo', state: 'queued'}, 2]],
	);
});
