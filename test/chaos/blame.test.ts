import test from 'ava';
import {type OwnRabbit, ownRabbit} from '../harness/rabbit.ts';
import {cancelMany} from './cancels.ts';
import {crashAmong, crashes} from './crash.ts';

let rabbit: OwnRabbit;
test.before(async t => {
	t.timeout(120_000);
	rabbit = await ownRabbit('one broker for culprits and cancels');
});
test.after.always(() => rabbit?.stop());

for (const crash of crashes) {
	test.serial(`of 200 good tasks beside one that crashes (${crash}) none pays for it`, async t => {
		t.timeout(120_000);

		const report = await crashAmong(rabbit, 200, crash);

		t.deepEqual(report.complaints, []);
		t.true(report.crashes >= 3);
	});
}

test.serial('cancels from another process stop what spins, what awaits and what is queued', async t => {
	t.timeout(120_000);

	const report = await cancelMany(rabbit, 100);

	t.deepEqual(report.complaints, []);
	t.true(report.cancels >= 100);
});
