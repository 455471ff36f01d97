#!/usr/bin/env node
'use strict';
// The `warren` command: the sources in a repository, the built files in an installed package.
const fs = require('node:fs');
const path = require('node:path');
const {start} = require('./node.cjs');

const source = path.join(__dirname, '..', 'src', 'main.ts');
const built = path.join(__dirname, '..', 'dist', 'src', 'main.js');
const args = process.argv.slice(2);
start(fs.existsSync(source) ? ['--conditions=source', source].concat(args) : [built].concat(args));
