import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {availableParallelism, tmpdir} from 'node:os';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {ConfigError, type ConfigInput, loadConfig} from '#config/config.ts';
import {describeConfig} from '#config/describe.ts';

const cwd = '/srv/app';
const load = (input: Partial<ConfigInput> = {}) => loadConfig({env: {}, cwd, ...input});

/** Loads with a file of this text in the working directory. */
async function loadFile(
	t: ExecutionContext,
	text: string,
	name = 'warren.yaml',
	more: Partial<ConfigInput> = {},
) {
	const folder = await mkdtemp(join(tmpdir(), 'warren-config-'));
	t.teardown(() => rm(folder, {recursive: true, force: true}));
	await writeFile(join(folder, name), text);
	return loadConfig({env: {}, cwd: folder, ...more});
}

function refused(t: ExecutionContext, input: Partial<ConfigInput>): string {
	return t.throws(() => load(input), {instanceOf: ConfigError}).message;
}

test('without a word everything has its default', t => {
	const {sources, warnings, ...settings} = load();
	t.deepEqual(settings, {
		node: {id: null, data: '/srv/app/.warren', lease: 6000},
		roles: ['server', 'worker'],
		http: {
			host: '127.0.0.1',
			port: 7070,
			bodyLimit: 32 * 2 ** 20,
			keys: null,
			open: false,
			openMetrics: false,
		},
		broker: {url: 'memory:', prefix: 'warren', window: 256, ca: null, cert: null, key: null},
		store: {url: 'sqlite:/srv/app/.warren/warren.db', retention: 604_800_000, groupMax: 2000},
		worker: {
			pool: 'default',
			tags: null,
			executors: availableParallelism(),
			slots: 4,
			memoryBudget: 2 ** 29,
			hardRss: 2 ** 30,
			sandbox: 'auto',
			sandboxUser: 65_534,
			heartbeat: 1000,
			heartbeatFile: null,
			drainTimeout: 30_000,
		},
		breaker: {crashes: 5, window: 60_000},
		dispatch: {window: 10_000, audit: 5000, mode: null, strategy: 'warm-first', pools: []},
		autoscale: [],
		areas: [],
		area: {name: null},
		spill: {wait: {high: 500, normal: 2000, low: 30_000}, atOnce: 100, patience: 30_000},
		limits: {payload: 2 ** 23, batch: 10_000},
		intake: {maxBytes: 2 ** 29},
		defaults: {
			wall: 30_000,
			cpu: 10_000,
			memory: 2 ** 27,
			maxAttempts: 1,
			infraAttempts: 3,
			backoff: {base: 1000, factor: 2, max: 300_000},
			isolation: 'reuse',
		},
		log: {level: 'info', pretty: false},
		events: {enabled: true},
	});
	t.deepEqual(new Set(Object.values(sources).map(source => source.kind)), new Set(['default']));
	t.deepEqual(warnings, []);
});

test('a file is overruled by the environment, and that by flags; each value knows where it came from', async t => {
	const file = 'http: {port: 1, host: 0.0.0.0}\nworker.slots: 9\nstore:\n  retention: 2h\n';
	const env = {WARREN_HTTP_PORT: '2', WARREN_WORKER_SLOTS: '8'};
	const config = await loadFile(t, file, 'warren.yaml', {env, flags: {port: '3', 'dispatch.window': 7}});
	t.is(config.http.port, 3);
	t.is(config.http.host, '0.0.0.0');
	t.is(config.worker.slots, 8);
	t.is(config.store.retention, 7_200_000);
	t.is(config.dispatch.window, 7);
	t.deepEqual(config.sources['http.port'], {kind: 'flag', name: '--port'});
	t.deepEqual(config.sources['worker.slots'], {kind: 'env', name: 'WARREN_WORKER_SLOTS'});
	t.is(config.sources['http.host'].kind, 'file');
	t.true(config.sources['http.host'].name.endsWith('warren.yaml'));
	t.is(config.sources['log.level'].kind, 'default');
});

test('a JSON file is read too, and a named file is taken instead of the usual one', async t => {
	const json = await loadFile(
		t,
		'{"http": {"port": 5}, "roles": ["server"], "broker": {"url": "amqp://b"}, "node": {"id": null}}',
		'warren.json',
	);
	t.is(json.http.port, 5);
	t.deepEqual(json.roles, ['server']);
	t.is(json.node.id, null);
	t.is((await loadFile(t, 'http.port: 6', 'other.yaml')).http.port, 7070);
	t.is((await loadFile(t, 'http.port: 6', 'other.yaml', {flags: {config: 'other.yaml'}})).http.port, 6);
	t.is((await loadFile(t, '# nothing yet\nhttp:\n')).http.port, 7070);
});

test('the result is frozen to its depths', t => {
	const config = load();
	t.throws(() => Object.assign(config.http, {port: 1}), {instanceOf: TypeError});
	t.throws(() => Object.assign(config.defaults.backoff, {base: 1}), {instanceOf: TypeError});
	t.throws(() => (config.roles as string[]).push('x'), {instanceOf: TypeError});
});

test('times, sizes, flags and lists are read as people write them', t => {
	const {env, roles} = {
		env: {WARREN_WORKER_HEARTBEAT: '200ms', WARREN_DEFAULTS_WALL: '1.5m'},
		roles: ' worker , server',
	};
	const config = load({
		env: {...env, WARREN_EVENTS_ENABLED: 'off', WARREN_WORKER_DRAIN_TIMEOUT: '0'},
		flags: {
			roles,
			'limits.payload': '64KiB',
			'intake.maxBytes': 2_000_000,
			'worker.hardRss': '1.5 GB',
			'log.pretty': true,
		},
	});
	t.is(config.worker.heartbeat, 200);
	t.is(config.defaults.wall, 90_000);
	t.is(config.worker.drainTimeout, 0);
	t.false(config.events.enabled);
	t.true(config.log.pretty);
	t.is(config.limits.payload, 65_536);
	t.is(config.intake.maxBytes, 2_000_000);
	t.is(config.worker.hardRss, 1_500_000_000);
	t.deepEqual(config.roles, ['worker', 'server']);
});

test('a key that does not exist is named, with the nearest one that does', async t => {
	t.regex(refused(t, {flags: {'http.prot': 1}}), /no setting `http\.prot` .*did you mean `http\.port`/);
	t.regex(refused(t, {flags: {drainTimeout: 1}}), /did you mean `worker\.drainTimeout`/);
	t.regex(refused(t, {flags: {'wholly.unlike.anything': 1}}), /docs\/config\.md/);
	await t.throwsAsync(loadFile(t, 'worker:\n  slot: 4\n'), {
		instanceOf: ConfigError,
		message: /`worker\.slot` \(from .*warren\.yaml\): did you mean `worker\.slots`/,
	});
	await t.throwsAsync(loadFile(t, 'http: 7070\n'), {
		message: /`http` to be a group of settings .* got `7070`/,
	});
});

test('all that is wrong is told at once', t => {
	const error = t.throws(
		() => load({env: {WARREN_HTTP_PORT: 'x', WARREN_WORKER_SLOTS: '0'}, flags: {'log.level': 'loud'}}),
		{instanceOf: ConfigError},
	);
	t.deepEqual(
		error.problems.map(problem => problem.key),
		['http.port', 'worker.slots', 'log.level'],
	);
	t.is(error.message.split('\n').length, 3);
	t.regex(error.message, /from WARREN_HTTP_PORT/);
});

test('a file that is missing, no YAML or no settings is named, with the line where there is one', async t => {
	t.regex(refused(t, {flags: {config: 'nowhere.yaml'}}), /\/srv\/app\/nowhere\.yaml: .*ENOENT/);
	await t.throwsAsync(loadFile(t, 'http:\n  port: [1\n'), {message: /warren\.yaml: line \d+, column \d+: /});
	await t.throwsAsync(loadFile(t, 'http.port: 1\nhttp.port: 2\n'), {message: /line 2, .*unique/});
	await t.throwsAsync(loadFile(t, '- a\n- b\n'), {message: /expected settings like/});
});

test('settings that do not go together are refused', t => {
	t.regex(
		refused(t, {flags: {roles: 'worker'}}),
		/`broker\.url` to be an amqp\(s\) URL where `roles` is `worker`/,
	);
	t.regex(refused(t, {flags: {'broker.cert': 'a.pem'}}), /`broker\.cert` and `broker\.key` together/);
	t.regex(
		refused(t, {flags: {roles: 'server', 'dispatch.mode': 'local'}}),
		/`dispatch\.mode` `local` only with both roles/,
	);
	t.regex(
		refused(t, {flags: {'dispatch.pools': '{gpu: {mode: local}}'}}),
		/pool `gpu` to be `local` only where .*; its worker serves `default`/,
	);
	t.regex(
		refused(t, {flags: {'http.bodyLimit': '1MiB'}}),
		/`http\.bodyLimit` to be at least `limits\.payload`/,
	);
	t.regex(refused(t, {flags: {'defaults.backoff.base': '1h'}}), /`defaults\.backoff\.max` to be at least/);
});

test('paths and the store are absolute, whatever they were relative to', t => {
	const config = load({flags: {data: 'here', store: 'sqlite:db/w.db', 'broker.ca': 'ca.pem'}});
	t.is(config.node.data, '/srv/app/here');
	t.is(config.store.url, 'sqlite:/srv/app/db/w.db');
	t.is(config.broker.ca, '/srv/app/ca.pem');
	t.is(load({flags: {data: '/d'}}).store.url, 'sqlite:/d/warren.db');
	t.is(load({flags: {store: 'memory:'}}).store.url, 'memory:');
});

test('the log is quiet for somebody at a terminal, unless told otherwise', t => {
	t.is(load({terminal: true}).log.level, 'warn');
	t.is(load({terminal: true, env: {WARREN_LOG_LEVEL: 'debug'}}).log.level, 'debug');
});

test('an empty variable counts as not set, and a misspelt one is told', t => {
	const env = {
		WARREN_HTTP_PORT: '',
		WARREN_HTTP_PROT: '1',
		WARREN_SERVICE_HOST: '10.0.0.1',
		WARREN_URL: 'http://x',
	};
	const config = load({env});
	t.is(config.http.port, 7070);
	t.deepEqual(config.warnings, ['WARREN_HTTP_PROT is not a setting; did you mean WARREN_HTTP_PORT?']);
});

test('a description shows what is in force, as a person would write it, and no password', t => {
	const config = load({
		flags: {'worker.heartbeat': '1234ms', broker: 'amqp://me:s3cret%21@rabbit:5672/v'},
		env: {
			WARREN_LIMITS_PAYLOAD: '1048576',
			WARREN_STORE_URL: 'postgres://me:s3cret@db/w?schema=a&sslmode=no-verify',
		},
	});
	const rows = new Map(describeConfig(config).map(row => [row.key, row]));
	t.like(rows.get('broker.url'), {value: 'amqp://me:[hidden]@rabbit:5672/v', source: '--broker'});
	t.like(rows.get('store.url'), {value: 'postgres://me:[hidden]@db/w?schema=a&sslmode=no-verify'});
	t.like(rows.get('worker.heartbeat'), {value: '1234ms', source: '--set worker.heartbeat'});
	t.like(rows.get('limits.payload'), {value: '1MiB', source: 'WARREN_LIMITS_PAYLOAD'});
	t.like(rows.get('store.retention'), {value: '7d', source: 'default', variable: 'WARREN_STORE_RETENTION'});
	t.like(rows.get('roles'), {value: 'server,worker'});
	t.is(rows.get('node.id')?.value, '(made once and kept in `node.data`)');
	t.false(JSON.stringify([...rows.values()]).includes('s3cret'));
});

test('an error about a URL does not show its password', t => {
	const message = refused(t, {env: {WARREN_BROKER_URL: 'amqpz://me:s3cret@rabbit'}});
	t.false(message.includes('s3cret'));
	t.true(message.includes('`"amqpz://me:[hidden]@rabbit"`'));
	t.false(refused(t, {flags: {broker: 'amqpz://me:p/a:s@s@rabbit'}}).includes('p/a'));
	const asParameter = refused(t, {flags: {store: 'postgres://me@db/w?sslmode=disable&password=s3cret'}});
	t.true(asParameter.includes('password=[hidden]'));
});
