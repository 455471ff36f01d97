#!/usr/bin/env node
'use strict';
// The `warren` command: the sources in a repository, the built files in an installed package.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const {start} = require('./node.cjs');

const source = path.join(__dirname, '..', 'src', 'main.ts');
const built = path.join(__dirname, '..', 'dist', 'src', 'main.js');
const args = process.argv.slice(2);

// Compiled code is kept between starts, which then cost two thirds of the time. In a folder of the
// user's own: whoever can write there decides what runs. Where it can't be written Node goes without.
function keepCompiled() {
	const {env} = process;
	// Coverage would be less exact with code from a cache.
	if (env.NODE_COMPILE_CACHE !== undefined || env.NODE_V8_COVERAGE !== undefined) return;
	try {
		const home = env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache');
		env.NODE_COMPILE_CACHE = path.join(home, 'warren', 'compiled');
	} catch (_) {
		// A user without a home, as in some containers.
	}
}

keepCompiled();
start(fs.existsSync(source) ? ['--conditions=source', source].concat(args) : [built].concat(args), true);
