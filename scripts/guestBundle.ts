import {build} from 'esbuild';

/** The guest as an expression: a function that is given the host's callbacks and boots the realm. */
export async function bundleGuest(root: string): Promise<string> {
	const {outputFiles} = await build({
		absWorkingDir: root,
		entryPoints: ['src/engine/guest/guest.ts'],
		bundle: true,
		write: false,
		format: 'iife',
		globalName: 'guest',
		platform: 'browser',
		target: 'es2024',
		charset: 'ascii',
		legalComments: 'none',
		minify: true,
		alias: {tr46: './src/engine/guest/idna.ts'},
		logLevel: 'error',
	});
	const script = outputFiles[0]?.text.trim() ?? '';
	const callbacks = 'emit,log,wake,random,idna';
	return `(function(${callbacks},marks){"use strict";${script}return guest.boot({${callbacks}},marks)})`;
}
