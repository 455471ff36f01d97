// A bounded part of `npm run chaos`: each fault once, under a small load, on one broker.
import test from 'ava';
import {type OwnRabbit, ownRabbit} from '../harness/rabbit.ts';
import {faultNames} from './faults.ts';
import {round} from './round.ts';

const seed = 20_261_121;

let rabbit: OwnRabbit;
test.before(async t => {
	t.timeout(120_000);
	rabbit = await ownRabbit('a broker that is killed under load');
});
test.after.always(() => rabbit?.stop());

for (const fault of faultNames) {
	test.serial(`under load, ${fault} loses nothing, leaves nothing stuck and no answer wrong`, async t => {
		t.timeout(120_000);
		const load = {tasks: 300};

		const report = await round({rabbit, seed, faults: [fault], load, blows: 1, workers: 2, brisk: 0.1});

		t.is(report.blows.length, 1);
		t.like(report.verdict, {tasks: 300, lost: [], stuck: [], wrong: [], left: [], balanced: true});
		if (!report.clean) t.log(JSON.stringify(report, null, 1));
	});
}
