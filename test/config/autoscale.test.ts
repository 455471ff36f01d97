import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {type ConfigInput, loadConfig} from '#config/config.ts';
import {describeConfig} from '#config/describe.ts';

const usual = {min: 0, targetWait: 5000, cooldown: {up: 5000, down: 60_000}};
const load = (input: Partial<ConfigInput>) => loadConfig({env: {}, cwd: '/srv/app', ...input});

test('in a file the rules of pools are a group', async t => {
	const cwd = await mkdtemp(join(tmpdir(), 'warren-config-'));
	t.teardown(() => rm(cwd, {recursive: true, force: true}));
	const rules = ['default: {max: 8}', 'gpu: {min: 1, max: 2, targetWait: 30s, cooldown: {down: 10m}}'];
	await writeFile(join(cwd, 'warren.yaml'), `autoscale:\n  ${rules.join('\n  ')}\n`);
	t.deepEqual(load({cwd}).autoscale, [
		{...usual, pool: 'default', max: 8},
		{pool: 'gpu', min: 1, max: 2, targetWait: 30_000, cooldown: {up: 5000, down: 600_000}},
	]);
});

test('in a variable or a flag they stand on one line, as they are shown', t => {
	const env = {WARREN_AUTOSCALE: '{default: {max: 3, cooldown: 0}, gpu: {max: 1, targetWait: 1.5s}}'};
	const config = load({env});
	t.deepEqual(config.autoscale, [
		{...usual, pool: 'default', max: 3, cooldown: {up: 5000, down: 0}},
		{...usual, pool: 'gpu', max: 1, targetWait: 1500},
	]);
	const shown = describeConfig(config).find(({key}) => key === 'autoscale')?.value;
	t.deepEqual(load({flags: {autoscale: shown}}).autoscale, config.autoscale);
});

test('a cooldown of one time is the one before there are fewer', t => {
	const [rule] = load({flags: {autoscale: '{default: {max: 1, cooldown: 2m}}'}}).autoscale;
	t.deepEqual(rule?.cooldown, {up: 5000, down: 120_000});
});
