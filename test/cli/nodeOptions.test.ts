import test from 'ava';
import {Command} from 'commander';
import {withNodeOptions} from '#cli/nodeOptions.ts';
import {settings} from '#config/schema.ts';
import type {Setting} from '#config/setting.ts';

test('every setting that has a short name is an option of the commands that start a node', t => {
	const options = withNodeOptions(new Command()).options.map(({long}) => long);
	for (const [key, {flag}] of Object.entries<Setting>(settings)) {
		if (flag !== undefined) t.true(options.includes(`--${flag}`), `${key}: --${flag}`);
	}
	t.true(options.includes('--tags'));
});
