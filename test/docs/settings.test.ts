import {globSync, readFileSync} from 'node:fs';
import test from 'ava';
import {ConfigError} from '#config/config.ts';
import {blocksOf, readSettings} from '../../scripts/blocks.ts';

test('a node understands the settings that the pages show', t => {
	const shown = globSync('docs/*.md').flatMap(page =>
		blocksOf(readFileSync(page, 'utf8'), 'yaml').map(block => ({page, block})),
	);
	t.true(shown.length >= 3);
	for (const {page, block} of shown) t.notThrows(() => readSettings(block), page);
	t.throws(() => readSettings('autoscale:\n  default: {max: 8, targetWaits: 5s}\n'), {
		instanceOf: ConfigError,
	});
});
