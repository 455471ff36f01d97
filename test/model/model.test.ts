import {setImmediate as turn} from 'node:timers/promises';
import test from 'ava';
import {configs, pushed, withoutLosses} from './configs.ts';
import {exhaust} from './exhaust.ts';
import {type Found, kindOf, shrink, walk} from './explore.ts';
import {type Config, createModel, createWorld} from './model.ts';
import {type Mutation, withRules} from './mutation.ts';
import {harmless, mutations, wasteful} from './mutations.ts';
import {type Rules, rules} from './rules.ts';
import {smallConfigs} from './smallConfigs.ts';
import {inWords, type Step} from './step.ts';
import {apply, enabled} from './steps.ts';

/** `node bin/run.cjs test/model/sweep.ts` walks from any other. */
const seed = 20_261;
const walks = 2000;

const unaudited: Rules = {...rules, audit: false};

// Searches hold the process for seconds; between them a turn lets the runner hear what is done.
const story = (trace: readonly Step[]): string => trace.map(inWords).join('\n');

test.serial('two thousand random walks violate no rule, and use every part of the protocol', async t => {
	t.log(`seeds from ${seed}`);
	const each = Math.ceil(walks / Object.keys(configs).length / 2);
	const sum: Record<string, number> = {};
	let steps = 0;
	const go = (name: string, config: Config, under: Rules, at: number): void => {
		const found = walk(config, under, at);
		steps += found.trace.length;
		for (const [count, times] of Object.entries(found.counts)) sum[count] = (sum[count] ?? 0) + times;
		if (found.bad === null) return;
		const short = shrink(config, under, found);
		t.fail(`${name}, seed ${at}, audit ${under.audit}: ${short.bad}\n${story(short.trace)}`);
	};
	for (const [name, config] of Object.entries(configs)) {
		for (let at = seed; at < seed + each; at++) {
			go(name, config, rules, at);
			go(name, withoutLosses(config), unaudited, at);
		}
		await turn();
	}
	t.log(`${each * 2 * Object.keys(configs).length} walks, ${steps} steps: ${JSON.stringify(sum)}`);
	for (const [count, times] of Object.entries(sum)) t.true(times > 0, `no walk came to ${count}`);
});

for (const [name, config] of Object.entries(smallConfigs)) {
	test.serial(`every interleaving of ${name} comes to its end without the audit`, async t => {
		await turn();
		const search = exhaust(config, unaudited);
		t.log(`${search.states} states, ${search.steps} steps, ${search.ends} ends`);
		t.is(search.bad, null, story(search.trace));
		t.true(search.complete);
		t.true(search.ends > 0);
	});
}

test.serial('every interleaving of a deleted work queue comes to its end through the audit', async t => {
	await turn();
	const [happy] = Object.values(smallConfigs);
	const config = {...(happy as Config), faults: {'delete queue': 1}};
	t.is(exhaust(config, rules).bad, null);
	t.regex(String(exhaust(config, unaudited).bad), /^stuck/);
});

function firstFound({changes, where, finds, endsOnly, losses, most = 2000}: Mutation): Found | undefined {
	const whole = {...configs, ...pushed}[where] as Config;
	const config = {...(losses ? whole : withoutLosses(whole)), endsOnly: endsOnly === true};
	const under = withRules(losses ? changes : `${changes},audit=off`);
	for (let at = seed; at < seed + 4000; at++) {
		const found = walk(config, under, at, {most});
		if (found.bad && kindOf(found.bad) === finds) return found;
	}
	return undefined;
}

for (const mutation of mutations) {
	test.serial(`the checker notices when ${mutation.says}`, async t => {
		await turn();
		const found = firstFound(mutation);
		t.log(found?.bad ?? `not found by ${mutation.changes} in ${mutation.where}`);
		t.is(kindOf(found?.bad ?? ''), mutation.finds);
	});
}

test('of every rule there is a mistake that is noticed, or it is said what it saves', t => {
	const named = mutations.flatMap(({changes}) => changes.split(',').map(change => change.split('=')[0]));
	const known = new Set([...named, ...Object.keys(wasteful), ...Object.keys(harmless)]);
	t.deepEqual(
		Object.keys(rules).filter(rule => !known.has(rule)),
		[],
	);
});

for (const [rule, count] of Object.entries(wasteful)) {
	test.serial(`without ${rule} nothing breaks, and work is wasted`, async t => {
		await turn();
		const wasted = {on: 0, off: 0};
		for (const [name, config] of Object.entries(configs)) {
			for (let at = seed; at < seed + 60; at++) {
				for (const way of ['on', 'off'] as const) {
					const found = walk(withoutLosses(config), withRules(`${rule}=${way},audit=off`), at);
					t.is(found.bad, null, `${name}, seed ${at}`);
					wasted[way] += found.counts[count];
				}
			}
		}
		t.log(JSON.stringify(wasted));
		t.true(wasted.off > wasted.on);
	});
}

test.serial(
	'redoing with a commit for each row holds too, as long as the watermark waits for those commits',
	async t => {
		await turn();
		const under = withRules('redo=commit,hold=committed,audit=off');
		for (const name of ['restarts', 'embedded']) {
			for (let at = seed; at < seed + 100; at++) {
				t.is(walk(withoutLosses(configs[name] as Config), under, at).bad, null, `${name}, seed ${at}`);
			}
		}
	},
);

test.serial(
	'inbox messages may be acked at the commit, because the row is the heir of its effects',
	async t => {
		await turn();
		const under = withRules('ackAfterEffects=off,audit=off');
		for (const [name, config] of Object.entries(configs)) {
			for (let at = seed; at < seed + 40; at++) {
				t.is(walk(withoutLosses(config), under, at).bad, null, `${name}, seed ${at}`);
			}
		}
	},
);

test.serial(
	'letters of a task may be decided beside a commit of it, because the row is judged by its revision',
	async t => {
		await turn();
		const under = withRules('apart=off,audit=off');
		for (const [name, config] of Object.entries(configs)) {
			for (let at = seed; at < seed + 40; at++) {
				t.is(walk(withoutLosses(config), under, at).bad, null, `${name}, seed ${at}`);
			}
		}
	},
);

test.serial('a task that nothing disturbs costs two commits, and its watermark is one behind', async t => {
	await turn();
	const config: Config = {
		tasks: [{id: 'a', door: 'rest', does: 'ok', reply: true}],
		nodes: 1,
		workers: 1,
		faults: {},
	};
	const m = createModel(config, rules);
	const w = createWorld(config);
	for (let [step] = enabled(m, w, true); step; [step] = enabled(m, w, true)) apply(m, w, step);
	t.deepEqual(w.homes, {n1: {epoch: 0, seq: 2, actedThrough: 1}});
	t.is(m.bad, null);
});
