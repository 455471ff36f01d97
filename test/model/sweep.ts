// node bin/run.cjs test/model/sweep.ts WALKS [rule=value,…] [configurations,…|all] [first seed] [noaudit|both]
// `both`: as many walks again without the audit, which repairs what other rules should not have let happen.
// Prints violations by configuration with a short trace of each kind, and what was counted.
import {configs, pushed, withoutLosses} from './configs.ts';
import {type Found, kindOf, shrink, walk} from './explore.ts';
import type {Config} from './model.ts';
import {withRules} from './mutation.ts';
import type {Rules} from './rules.ts';
import {inWords} from './step.ts';

const [walks = '100', changes = '', only = 'all', first = '1', mode = ''] = process.argv.slice(2);
const rulesOf = (audited: boolean) =>
	withRules([changes, audited ? '' : 'audit=off'].filter(Boolean).join(','));
const passes = new Map([
	['', [true]],
	['noaudit', [false]],
	['both', [true, false]],
]).get(mode);
if (!passes) throw new Error(`Expected noaudit, both or nothing, got ${mode}`);
const sum: Record<string, number> = {walks: 0, steps: 0, bad: 0};

function sweep(name: string, config: Config, rules: Rules): void {
	const worst = new Map<string, {found: Found; times: number; seed: number}>();
	for (let seed = Number(first); seed < Number(first) + Number(walks); seed++) {
		const found = walk(config, rules, seed);
		add({walks: 1, steps: found.trace.length, ...found.counts});
		if (!found.bad) continue;
		add({bad: 1});
		const known = worst.get(kindOf(found.bad));
		const shorter = !known || found.trace.length < known.found.trace.length;
		worst.set(kindOf(found.bad), {
			found: shorter ? found : known.found,
			times: (known?.times ?? 0) + 1,
			seed: shorter ? seed : known.seed,
		});
	}
	for (const [kind, {found, times, seed}] of worst) {
		const {bad, trace} = found.trace.length > 1000 ? found : shrink(config, rules, found);
		console.log(`${name}: ${kind}, ${times} of ${walks}, seed ${seed}\n  ${bad} (${trace.length} steps)`);
		console.log(`  ${trace.slice(0, 80).map(inWords).join(' | ')}`);
	}
}

function add(counts: Record<string, number>): void {
	for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count;
}

for (const audited of passes) {
	for (const [name, config] of Object.entries({...configs, ...(audited && pushed)})) {
		if (only !== 'all' && !only.split(',').includes(name)) continue;
		if (audited) sweep(name, config, rulesOf(true));
		else sweep(`${name}, without the audit`, withoutLosses(config), rulesOf(false));
	}
}
console.log(JSON.stringify({changes, mode, ...sum}));
