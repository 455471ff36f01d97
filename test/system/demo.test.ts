import test from 'ava';
import {rabbit} from '../harness/rabbit.ts';
import {runFile} from './process.ts';

test('the demo passes embedded and on RabbitMQ, with the same results', async t => {
	t.timeout(300_000, 'two runs of the demo');
	const {url} = await rabbit();

	const embedded = await runFile('scripts/demo.ts');
	const onRabbit = await runFile('scripts/demo.ts', ['--broker', url]);

	t.is(embedded.code, 0, embedded.stderr);
	t.is(onRabbit.code, 0, onRabbit.stderr);
	const sum = /sha256 of all results: ([0-9a-f]{64})/;
	const wanted = sum.exec(embedded.stdout)?.[1];
	t.truthy(wanted);
	t.is(sum.exec(onRabbit.stdout)?.[1], wanted);
	const last = embedded.stdout.trimEnd().split('\n').at(-1) ?? '';
	t.regex(last, /^accepted \d+ = succeeded \d+ \+ dead 1 \+ cancelled 1 \+ expired 0, waiting 0, running 0$/);
	t.is(onRabbit.stdout.trimEnd().split('\n').at(-1), last);
});
