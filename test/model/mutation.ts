// A plausible mistake: a rule that is off, and what the checker must find then.
import {type Rules, rules} from './rules.ts';

export type Mutation = {
	readonly says: string;
	/** `stamp=off,acted=sent`. */
	readonly changes: string;
	/** One of the walked configurations. */
	readonly where: string;
	/** The kind of violation, as `kindOf` names it. */
	readonly finds: string;
	/** Only what comes of it counts, not the watermark itself. */
	readonly endsOnly?: boolean;
	/** In a world that loses messages, which the audit heals. Else there are no losses and there is no audit. */
	readonly losses?: boolean;
	/** In so many steps it must come to rest; 2,000 unless said. */
	readonly most?: number;
};

export function withRules(changes: string): Rules {
	const changed: Record<string, unknown> = {...rules};
	for (const change of changes.split(',').filter(Boolean)) {
		const [name = '', value = 'off'] = change.split('=');
		if (!(name in rules)) throw new Error(`expected the name of a rule, got "${name}"`);
		changed[name] = typeof changed[name] === 'boolean' ? value === 'on' : value;
	}
	return changed as Rules;
}
