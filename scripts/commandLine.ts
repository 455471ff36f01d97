// What a script is asked to do. A command line that is not understood is answered with what is wrong and
// the usage, and ends the script with 2: its 1 says that what was asked for is not so.
import {type ParseArgsConfig, parseArgs} from 'node:util';

type Args<Config extends ParseArgsConfig> = ReturnType<typeof parseArgs<Config>>;

/**
 * Gives what `read` makes of the arguments; ends the process on `--help`, and where an option is not known or
 * `read` throws a TypeError.
 */
export function readArgs<const Config extends ParseArgsConfig, Read>(
	usage: string,
	config: Config,
	read: (args: Args<Config>) => Read,
): Read {
	try {
		const help = {type: 'boolean', short: 'h'} as const;
		const args = parseArgs({...config, options: {...config.options, help}});
		if ('help' in args.values) {
			console.log(usage);
			process.exit(0);
		}
		return read(args as Args<Config>);
	} catch (error) {
		if (!(error instanceof TypeError)) throw error;
		console.error(`${error.message}\n\n${usage}`);
		process.exit(2);
	}
}

/** @throws TypeError if it is no whole number, or a negative one */
export function wholeNumber(option: string, text: string): number {
	const value = Number(text);
	if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
		throw new TypeError(`Expected ${option} to be a whole number, at least 0, got \`${text}\``);
	}
	return value;
}
