import type {FormatName} from './formats.ts';

export type Setting = {
	readonly doc: string;
	/** A format, or the words to choose from. */
	readonly is: FormatName | readonly string[];
	/** As a person would write it. Null: none, or worked out at start as `otherwise` says. */
	readonly default: string | number | boolean | null;
	readonly otherwise?: string;
	readonly min?: number;
	readonly max?: number;
	/** A short name on the command line; every setting also has `--set key=value`. */
	readonly flag?: string;
};

export const setting = (
	is: Setting['is'],
	byDefault: Setting['default'],
	doc: string,
	more: Pick<Setting, 'otherwise' | 'min' | 'max' | 'flag'> = {},
): Setting => ({is, default: byDefault, doc, ...more});
