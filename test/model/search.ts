// node bin/run.cjs test/model/search.ts STATES [rule=value,…] [names,…|all]
// Searches the small and the larger worlds through, each up to so many states, without the audit. The
// larger ones take minutes.
import {exhaust} from './exhaust.ts';
import type {Config} from './model.ts';
import {withRules} from './mutation.ts';
import {largerConfigs, smallConfigs} from './smallConfigs.ts';
import {inWords} from './step.ts';

const [states = '100000', changes = '', only = 'all'] = process.argv.slice(2);
const rules = withRules(['audit=off', changes].filter(Boolean).join(','));

function search(name: string, config: Config): void {
	const found = exhaust(config, rules, Number(states));
	const verdict = found.bad ?? (found.complete ? 'complete, clean' : 'cut off, clean so far');
	console.log(`${name}: ${verdict}. ${found.states} states, ${found.steps} steps, ${found.ends} ends`);
	if (found.bad) console.log(`  ${found.trace.map(inWords).join(' | ')}`);
}

for (const [name, config] of Object.entries({...smallConfigs, ...largerConfigs})) {
	if (only === 'all' || only.split(',').includes(name)) search(name, config);
}
