import test from 'ava';
import {ConfigError, loadConfig} from '#config/config.ts';

const unfit: [key: string, value: unknown, expected: RegExp][] = [
	['http.port', '70700', /whole number from 0 to 65535, got `"70700"`/],
	['http.port', '12abc', /whole number/],
	['http.port', 1.5, /whole number/],
	['http.port', null, /whole number .* got `null`/],
	['worker.heartbeat', '1000', /a time like `500ms`.* got `"1000"`/],
	['worker.heartbeat', 1000, /a time like/],
	['worker.heartbeat', '2m', /from 50ms to 1m/],
	['worker.heartbeat', '5 parsecs', /a time like/],
	['limits.payload', '9MiB', /a size like .* to 8MiB/],
	['limits.payload', '-1', /a size like/],
	['limits.payload', '5 horses', /a size like/],
	['broker.url', 'redis://x', /`memory:` or a URL like `amqp/],
	['broker.url', 'amqp://', /`memory:` or a URL/],
	['store.url', 'mysql://x', /`sqlite:PATH`, `memory:` or a URL like `postgres:/],
	['store.url', 'postgres://', /`sqlite:PATH`, `memory:` or a URL like `postgres:/],
	['roles', 'server,cook', /a list of `server` and `worker`/],
	['roles', [], /a list of/],
	['defaults.isolation', 'none', /one of `reuse`, `fresh`/],
	['defaults.backoff.factor', 'big', /a number from 1 to 100/],
	['events.enabled', 'maybe', /`true` or `false`/],
	['node.id', 'a b', /a name of letters/],
	['worker.pool', 'gpu.big', /a name of lower-case letters/],
	['worker.pool', '', /a name of lower-case letters/],
	['worker.tags', 'GPU', /at most 4 names of lower-case letters, digits and `-`, .* got `"GPU"`/],
	['worker.tags', 'a+b', /at most 4 names/],
	['worker.tags', 'a,b,c,d,e', /at most 4 names/],
	['node.data', '', /a path/],
	['dispatch.mode', 'pushed', /one of `pull`, `push`, `local`/],
	['dispatch.strategy', 'best', /one of `warm-first`/],
	['dispatch.pools', '{gpu: {mode: pushed}}', /`mode` one of pull, push, local/],
	['dispatch.pools', '{gpu: {}}', /at least one of the two/],
	['dispatch.pools', '{gpu.big: {mode: push}}', /pools like/],
	['autoscale', [], /rules by pool like/],
	['autoscale', '{default: {}}', /`max` from 1/],
	['autoscale', '{default: {max: 2, min: 3}}', /not below `min`/],
	['autoscale', '{default: {max: 2, targetWait: 5}}', /`targetWait` from 1s/],
	['autoscale', '{default: {max: 2, cooldown: {upp: 1s}}}', /`cooldown` a time or/],
	['autoscale', '{gpu.big: {max: 2}}', /rules by pool/],
	['autoscale', '{default: {max: 2', /rules by pool/],
];

for (const [key, value, expected] of unfit) {
	test(`\`${key}\` = ${JSON.stringify(value)} is refused: its key, what was expected, what came, from where`, t => {
		const load = () => loadConfig({env: {}, cwd: '/srv/app', flags: {[key]: value}});
		const {message} = t.throws(load, {instanceOf: ConfigError});
		t.true(message.startsWith(`Expected \`${key}\` to be `));
		t.regex(message, expected);
		t.regex(message, new RegExp(` from (--set )?(--)?${key}$`));
	});
}

test('the tags of a worker are a list, or names with commas between them', t => {
	const tags = (flags: Record<string, unknown>, env = {}) =>
		loadConfig({env, cwd: '/srv/app', flags}).worker.tags;
	t.deepEqual(tags({tags: 'gpu, eu,gpu'}), ['gpu', 'eu']);
	t.deepEqual(tags({'worker.tags': ['gpu']}), ['gpu']);
	t.deepEqual(tags({}, {WARREN_WORKER_TAGS: 'eu-west-1'}), ['eu-west-1']);
	t.deepEqual(tags({tags: ''}), []);
});

test('an executor has room for its warm sandboxes and for what it needs itself', t => {
	const load = (memoryBudget: string, hardRss: string) =>
		loadConfig({
			env: {},
			cwd: '/srv/app',
			flags: {'worker.memoryBudget': memoryBudget, 'worker.hardRss': hardRss},
		});
	t.is(load('1GiB', '1216MiB').worker.hardRss, 1216 * 2 ** 20);
	const {message} = t.throws(() => load('1GiB', '1200MiB'), {instanceOf: ConfigError});
	t.is(
		message,
		'Expected `worker.hardRss` to be at least 1216MiB, 192MiB more than `worker.memoryBudget` (1GiB), got 1200MiB',
	);
});
