import {type BuildOptions, build, type Message, stop} from 'esbuild';

export type Bundled = {readonly code: Buffer; readonly map: Buffer} | {readonly errors: readonly Message[]};

// esbuild is one process for all. Code that is nested deeply enough kills it, with all that it was
// working on, and its library never starts another by itself. Then the innocent must be built anew,
// and who kills it again is refused.
const mostTries = 2;
const isDead = /service (?:was stopped|is no longer running)/;

const died: Bundled = {
	errors: [
		{
			id: '',
			pluginName: '',
			text: 'The code can not be parsed: it ends the parser, which nesting of many thousand levels does',
			location: null,
			notes: [],
			detail: undefined,
		},
	],
};

/** Builds one script with its map, or says what is wrong with the code. */
export async function bundleOne(options: BuildOptions): Promise<Bundled> {
	for (let tries = 0; tries < mostTries; tries++) {
		try {
			const {outputFiles} = await build({
				...options,
				write: false,
				sourcemap: 'external',
				logLevel: 'silent',
			});
			const [map, code] = outputFiles;
			if (!map || !code) throw new Error('Expected esbuild to give code and its map');
			return {code: Buffer.from(code.contents), map: Buffer.from(map.contents)};
		} catch (error) {
			if (isBuildFailure(error)) return {errors: error.errors};
			if (!(error instanceof Error) || !isDead.test(error.message)) throw error;
			await stop();
			// All who were in it forget the dead one before the first starts another.
			await new Promise(setImmediate);
		}
	}
	return died;
}

function isBuildFailure(error: unknown): error is {readonly errors: readonly Message[]} {
	return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}
