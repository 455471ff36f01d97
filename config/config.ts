/**
 * What a process is told from outside, read once at its start and frozen. Defaults, then a file
 * (YAML or JSON), then the environment (`WARREN_…`), then flags; later ones win. All that is wrong is
 * told at once, each with its key, what was expected, what came and from where.
 */
import {createBag} from './bag.ts';
import {check} from './checks.ts';
import {conflictsIn, finish, freeze} from './finish.ts';
import {type Key, keys} from './schema.ts';
import type {Settings} from './settings.ts';
import {
	type Env,
	findFile,
	type Problem,
	readEnv,
	readFile,
	readFlags,
	type Source,
	suspiciousVariables,
} from './sources.ts';

export type Config = Settings & {
	/** Where the value of each key came from. */
	readonly sources: Readonly<Record<Key, Source>>;
	/** What looks like a typing error but need not be one; for the log. */
	readonly warnings: readonly string[];
};

export type ConfigInput = {
	/**
	 * By short name (`port`) or key (`http.port`), as texts or values; `config` is the path of a file.
	 * Undefined ones were not given; any other name is refused.
	 */
	readonly flags?: Readonly<Record<string, unknown>>;
	readonly env: Env;
	/** Relative paths start here; `warren.yaml`, `warren.yml` or `warren.json` is looked for here. */
	readonly cwd: string;
	/** A person is watching (`warren up` on a terminal): the log is quiet unless told otherwise. */
	readonly terminal?: boolean;
};

/** Some settings are wrong; the message has a line for each. */
export class ConfigError extends Error {
	override readonly name = 'ConfigError';
	readonly problems: readonly Problem[];

	constructor(problems: readonly Problem[]) {
		super(problems.map(problem => problem.message).join('\n'));
		this.problems = problems;
	}
}

/** @throws ConfigError */
export function loadConfig({flags = {}, env, cwd, terminal = false}: ConfigInput): Config {
	const file = findFile(cwd, typeof flags.config === 'string' ? flags.config : undefined);
	const content = file === undefined ? [] : readFile(file);
	if ('message' in content) throw new ConfigError([content]);
	const given = [...content, ...readEnv(env), ...readFlags(flags)];
	const problems: Problem[] = [];
	const bag = createBag();
	const sources = Object.fromEntries(keys.map(key => [key, {kind: 'default', name: 'default'}]));
	for (const one of given) {
		const checked = check(one);
		if ('message' in checked) problems.push(checked);
		else {
			bag.set(one.key, checked.value);
			sources[one.key] = one.source;
		}
	}
	if (problems.length > 0) throw new ConfigError(problems);
	bag.validate({allowed: 'strict'});
	const settings = finish(bag.getProperties(), cwd, terminal);
	const conflicts = conflictsIn(settings);
	if (conflicts.length > 0) throw new ConfigError(conflicts);
	return freeze({...settings, sources: sources as Record<Key, Source>, warnings: suspiciousVariables(env)});
}
