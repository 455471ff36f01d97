import convict from 'convict';
import {formatOf, isWithin, settingOf} from './checks.ts';
import {formats} from './formats.ts';
import {type Key, keys} from './schema.ts';

// Convict keeps the values: defaults, nesting, types and the refusal of what the schema does not
// have. It would also read the environment and the arguments by itself, but would not say which of
// them a value came from, and takes `12abc` for 12; so it is given read values, and nothing to read.
const nothing = {env: {}, args: []};

type Node = {[name: string]: Node} | convict.SchemaObj;

export function createBag() {
	addFormats();
	const schema: Record<string, Node> = {};
	for (const key of keys) place(schema, key.split('.'), leafOf(key));
	return convict<Record<string, unknown>>(schema as convict.Schema<Record<string, unknown>>, nothing);
}

function place(group: Record<string, Node>, [name = '', ...rest]: string[], leaf: convict.SchemaObj): void {
	if (rest.length === 0) {
		group[name] = leaf;
		return;
	}
	group[name] ??= {};
	place(group[name] as Record<string, Node>, rest, leaf);
}

function leafOf(key: Key): convict.SchemaObj {
	const setting = settingOf(key);
	return {
		doc: setting.doc,
		default: setting.default,
		nullable: setting.default === null,
		format: (typeof setting.is === 'string'
			? `warren-${setting.is}`
			: [...setting.is]) as convict.PredefinedFormat,
		// Defaults are written as a person would write them; the password of a URL is never shown.
		setting,
		sensitive: setting.is === 'broker',
	};
}

/** Convict knows formats by name and for the whole process; adding them again changes nothing. */
function addFormats(): void {
	for (const [name, format] of Object.entries(formats)) {
		convict.addFormat({
			name: `warren-${name}`,
			coerce: (raw: unknown) => format.read(raw) ?? raw,
			validate(value: unknown, {setting}: convict.SchemaObj) {
				const fits = 'bounded' in format ? isWithin(value, setting) : format.read(value) !== undefined;
				if (!fits) throw new TypeError(`expected ${formatOf(setting).says(setting)}`);
			},
		});
	}
}
