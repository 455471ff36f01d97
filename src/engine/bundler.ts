import {type BuildOptions, build, type Message, stop} from 'esbuild';

export type Bundled = {readonly code: Buffer; readonly map: Buffer} | {readonly errors: readonly Message[]};

// esbuild is one process for all. Code that is nested deeply enough kills it, with all that it was
// working on, and its library never starts another by itself; and a sum of 100,000 texts keeps it busy
// for a minute, one of a million for days, which only its end ends. Then the innocent must be built
// anew; who kills it again, or was the one that took so long, is refused.
const mostTries = 2;
const isDead = /service (?:was stopped|is no longer running)/;
/** Modules of many megabytes take a few seconds. */
const longestMs = 20_000;

// Rejects when the process in use is ended: its library then leaves what was in it unanswered.
let life = Promise.withResolvers<never>();
life.promise.catch(() => {});

function endProcess(): void {
	life.reject(new Error('The service was stopped'));
	life = Promise.withResolvers<never>();
	life.promise.catch(() => {});
	void stop();
}

/** Builds one script with its map, or says what is wrong with the code. */
export async function bundleOne(options: BuildOptions, mostMs = longestMs): Promise<Bundled> {
	for (let tries = 0; tries < mostTries; tries++) {
		let late = false;
		const deadline = setTimeout(() => {
			late = true;
			endProcess();
		}, mostMs);
		try {
			const built = build({...options, write: false, sourcemap: 'external', logLevel: 'silent'});
			const {outputFiles} = await Promise.race([built, life.promise]);
			const [map, code] = outputFiles;
			if (!map || !code) throw new Error('Expected esbuild to give code and its map');
			return {code: Buffer.from(code.contents), map: Buffer.from(map.contents)};
		} catch (error) {
			if (isBuildFailure(error)) return {errors: error.errors};
			if (!(error instanceof Error) || !isDead.test(error.message)) throw error;
			if (late) return refusal(`it takes the parser more than ${mostMs / 1000} s`);
			await stop();
			// All who were in it forget the dead one before the first starts another.
			await new Promise(setImmediate);
		} finally {
			clearTimeout(deadline);
		}
	}
	return refusal('it ends the parser, which nesting of many thousand levels does');
}

function refusal(why: string): Bundled {
	const text = `The code can not be parsed: ${why}`;
	return {errors: [{id: '', pluginName: '', text, location: null, notes: [], detail: undefined}]};
}

function isBuildFailure(error: unknown): error is {readonly errors: readonly Message[]} {
	return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}
