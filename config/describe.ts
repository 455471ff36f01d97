import {formatOf, settingOf} from './checks.ts';
import type {Config} from './config.ts';
import {type Key, keys, variableOf} from './schema.ts';

export type Description = {
	readonly key: Key;
	/** In force, as a person would write it; passwords are hidden. */
	readonly value: string;
	/** `default`, the file, the variable or the flag. */
	readonly source: string;
	readonly variable: string;
	readonly doc: string;
};

/** Every setting in force and where it came from, in the order of the documentation. */
export function describeConfig(config: Config): readonly Description[] {
	return keys.map(key => {
		const setting = settingOf(key);
		const value = valueAt(config, key);
		return {
			key,
			value: value === null ? `(${setting.otherwise ?? 'none'})` : formatOf(setting).show(value),
			source: config.sources[key].name,
			variable: variableOf(key),
			doc: setting.doc,
		};
	});
}

function valueAt(config: Config, key: Key): unknown {
	let here: unknown = config;
	for (const part of key.split('.')) here = (here as Record<string, unknown>)[part];
	return here;
}
