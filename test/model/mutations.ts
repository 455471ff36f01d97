// Rules turned off by name: `stamp=off,acted=sent`.
import {type Rules, rules} from './rules.ts';

export function withRules(changes: string): Rules {
	const changed: Record<string, unknown> = {...rules};
	for (const change of changes.split(',').filter(Boolean)) {
		const [name = '', value = 'off'] = change.split('=');
		if (!(name in rules)) throw new Error(`expected the name of a rule, got "${name}"`);
		changed[name] = typeof changed[name] === 'boolean' ? value === 'on' : value;
	}
	return changed as Rules;
}
