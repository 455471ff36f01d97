import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {ConfigError, type ConfigInput, loadConfig} from '#config/config.ts';
import {describeConfig} from '#config/describe.ts';

const load = (input: Partial<ConfigInput>) => loadConfig({env: {}, cwd: '/srv/app', ...input});
const secret = 'wk_ab12_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTEyMzQ1Ng';

test('areas in a file have a heading each', async t => {
	const cwd = await mkdtemp(join(tmpdir(), 'warren-areas-'));
	t.teardown(() => rm(cwd, {recursive: true, force: true}));
	const lines = [
		'areas:',
		'  cloud: {url: "https://cloud.example:7070"}',
		'spill:',
		'  wait: {high: 0, low: 1m}',
	];
	await writeFile(join(cwd, 'warren.yaml'), lines.join('\n'));
	const config = load({cwd});
	t.deepEqual(config.areas, [{name: 'cloud', url: 'https://cloud.example:7070', key: null}]);
	t.deepEqual(config.spill.wait, {high: 0, normal: 2000, low: 60_000});
});

test('in a variable they stand on one line, and their keys are never shown', t => {
	const config = load({env: {WARREN_AREAS: `{cloud: {url: 'https://c.example', key: ${secret}}}`}});
	t.deepEqual(config.areas, [{name: 'cloud', url: 'https://c.example', key: secret}]);
	const shown = describeConfig(config).find(({key}) => key === 'areas')?.value;
	t.is(shown, "{cloud: {url: 'https://c.example', key: [hidden]}}");
});

for (const wrong of [
	`{cloud: {url: 'ftp://c.example', key: ${secret}}}`,
	`{cloud: {url: 'https://me:${secret}@c.example'}}`,
	`{Cloud: {url: 'https://c.example', key: ${secret}}}`,
	`{cloud: {adress: 'https://c.example', key: ${secret}}}`,
	`{cloud: {url: 'https://c.example', key: ${secret}`,
]) {
	test(`${wrong.replace(secret, 'KEY')} is refused, and the message does not have the key`, t => {
		const {message} = t.throws(() => load({flags: {areas: wrong}}), {instanceOf: ConfigError});
		t.regex(message, /^Expected `areas` to be other areas by name like/);
		t.false(message.includes(secret.slice(8)));
	});
}
