import {readdirSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import test from 'ava';
import {classes, defaultPool} from '#actors/lane.ts';
import {loadConfig} from '#config/config.ts';
import {keys as settingKeys, variableOf} from '#config/schema.ts';
import {entriesIn} from '#keys/keyFile.ts';
import {createMetrics} from '#observe/metrics.ts';
import {names} from '#transport/topology.ts';
import {compile, flawsOf, readManifests} from '../harness/manifests.ts';

const manifests = readManifests();
const objects = manifests.filter(({kind}) => kind !== 'Kustomization');
const find = <T>(kind: string, name: string, folder = ''): T => {
	const found = objects.find(
		one => one.kind === kind && one.metadata.name === name && one.file.startsWith(folder),
	);
	if (!found) throw new Error(`There is no ${kind} called ${name}`);
	return found.content as T;
};

type Port = {readonly name: string; readonly containerPort: number};
type Env = {
	readonly name: string;
	readonly value?: string;
	readonly valueFrom?: {readonly secretKeyRef?: {readonly name: string; readonly key: string}};
};
type Container = {
	readonly image: string;
	readonly args: readonly string[];
	readonly env: readonly Env[];
	readonly ports?: readonly Port[];
	readonly resources: {readonly limits: {readonly memory: string}};
	readonly securityContext: Readonly<Record<string, unknown>>;
	readonly volumeMounts: readonly {readonly name: string; readonly mountPath: string}[];
	readonly lifecycle?: {readonly preStop: {readonly exec: {readonly command: readonly [string, string]}}};
} & Readonly<
	Record<`${'startup' | 'liveness' | 'readiness'}Probe`, {readonly httpGet: {readonly path: string}}>
>;
type Pods = {
	readonly spec: {
		readonly replicas: number;
		readonly selector: {readonly matchLabels: Readonly<Record<string, string>>};
		readonly template: {
			readonly metadata: {readonly labels: Readonly<Record<string, string>>};
			readonly spec: {
				readonly containers: readonly [Container];
				readonly enableServiceLinks: boolean;
				readonly terminationGracePeriodSeconds: number;
				readonly securityContext: Readonly<Record<string, unknown>>;
				readonly volumes: readonly {readonly name: string; readonly secret?: {readonly secretName: string}}[];
			};
		};
	};
};
const server = find<Pods>('StatefulSet', 'warren-server').spec.template.spec;
const worker = find<Pods>('Deployment', 'warren-worker').spec.template.spec;
const secretOf = (name: string) => find<{stringData: Record<string, string>}>('Secret', name).stringData;

/** What the process in a pod finds in its environment. */
function environmentOf({env}: Container): Record<string, string> {
	return Object.fromEntries(
		env.map(({name, value, valueFrom}) => {
			const ref = valueFrom?.secretKeyRef;
			return [name, value ?? (ref ? (secretOf(ref.name)[ref.key] ?? 'no such key') : 'warren-server-0')];
		}),
	);
}

test('every manifest is what Kubernetes and KEDA publish of its kind', async t => {
	t.true(objects.length >= 15);
	for (const object of objects) t.is(await flawsOf(object), undefined, `${object.file}: ${object.kind}`);
	t.is(await compile(objects), '');
});

test('a misspelt field, a wrong type and a kind that there is not are found', async t => {
	const [any] = objects.filter(({kind}) => kind === 'Deployment');
	if (!any) return t.fail('there is no Deployment');
	const spec = any.content.spec as Pods['spec'];
	const wrong = {...any, content: {...any.content, spec: {...spec, replicas: 'two'}}};
	t.regex((await flawsOf(wrong)) ?? '', /replicas/);
	const slip = {
		...any,
		content: {...any.content, spec: {...spec, template: {spec: {...spec.template.spec, termination: 1}}}},
	};
	t.regex(await compile([slip]), /'"termination"' does not exist/);
	t.regex((await flawsOf({...any, kind: 'Deploymint'})) ?? '', /no Deploymint/);
});

test('each kustomization lists files that are there, and all of its folder', t => {
	const folders = manifests.filter(({kind}) => kind === 'Kustomization');
	t.deepEqual(folders.map(({file}) => dirname(file)).sort(), ['backing', 'base', 'keda', 'keda-prometheus']);
	for (const {file, content} of folders) {
		const folder = join('deploy/kubernetes', dirname(file));
		const there = readdirSync(folder).filter(name => name !== 'kustomization.yaml');
		const listed = (content.resources as string[]).filter(name => name !== '../base');
		t.deepEqual(listed.toSorted(), there.toSorted(), file);
	}
});

test('servers and workers start with settings of this version, and nothing that is none', t => {
	const variables = settingKeys.map(variableOf);
	for (const [{containers}, role] of [
		[server, 'server'],
		[worker, 'worker'],
	] as const) {
		const [container] = containers;
		t.deepEqual(container.args, [role]);
		for (const {name} of container.env) t.true(variables.includes(name), name);
		t.deepEqual(loadConfig({env: environmentOf(container), cwd: '/data'}).warnings, []);
	}
	const {node, http, store, broker} = loadConfig({env: environmentOf(server.containers[0]), cwd: '/data'});
	t.is(node.id, 'warren-server-0');
	t.is(http.open, false);
	t.regex(store.url, /@warren-postgresql:5432\/warren$/);
	t.regex(broker.url, /@warren-rabbitmq:5672/);
	t.false(worker.containers[0].env.some(({name}) => /STORE|KEYS/.test(name)));
});

test('a Service called warren sets no variable of ours', t => {
	for (const {enableServiceLinks} of [server, worker]) t.false(enableServiceLinks);
});

test('ports, user and command are those of the image', t => {
	const image = readFileSync('Dockerfile', 'utf8');
	const [{ports, startupProbe, livenessProbe, readinessProbe}] = server.containers;
	const {http} = loadConfig({env: environmentOf(server.containers[0]), cwd: '/data'});
	t.deepEqual(ports, [{name: 'http', containerPort: http.port}]);
	t.regex(image, new RegExp(`^EXPOSE ${http.port}$`, 'm'));
	t.regex(image, /^ENTRYPOINT \["warren"\]$/m);
	// The image's user `node`.
	t.regex(image, /^USER node$/m);
	for (const {securityContext} of [server, worker])
		t.like(securityContext, {runAsNonRoot: true, runAsUser: 1000});
	t.deepEqual(
		[startupProbe, livenessProbe, readinessProbe].map(({httpGet}) => httpGet.path),
		['/healthz', '/healthz', '/readyz'],
	);
	const routes = Object.keys(
		(JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as {paths: object}).paths,
	);
	for (const path of ['/healthz', '/readyz']) t.true(routes.includes(path));
});

test('the API keys are mounted where the server looks, and the template has none', t => {
	const {http} = loadConfig({env: environmentOf(server.containers[0]), cwd: '/data'});
	const mount = server.containers[0].volumeMounts.find(({name}) => name === 'keys');
	const volume = server.volumes.find(({name}) => name === 'keys');
	const [file = '', ...more] = Object.keys(secretOf(volume?.secret?.secretName ?? ''));
	t.deepEqual(more, []);
	t.is(http.keys, `${mount?.mountPath}/${file}`);
	t.deepEqual(entriesIn(secretOf('warren-keys')[file] ?? '', file), []);
});

test('a worker has time to drain, and memory for its executors and the spare one', t => {
	const [container] = worker.containers;
	const {worker: settings} = loadConfig({env: environmentOf(container), cwd: '/data'});
	t.true(worker.terminationGracePeriodSeconds * 1000 > settings.drainTimeout);
	const limit = Number.parseInt(container.resources.limits.memory, 10) * 2 ** 30;
	t.true(limit > (settings.executors + 1) * settings.hardRss);
	const pause = Number(server.containers[0].lifecycle?.preStop.exec.command[1]);
	t.true(server.terminationGracePeriodSeconds * 1000 > pause * 1000 + settings.drainTimeout);
});

test('no container of ours may write where it likes, or become more than it is', t => {
	for (const {containers} of [server, worker]) {
		t.deepEqual(containers[0].securityContext, {
			allowPrivilegeEscalation: false,
			readOnlyRootFilesystem: true,
			capabilities: {drop: ['ALL']},
		});
	}
});

// A cookie that others may read is refused by Erlang, and the broker would not start a second time.
test('the volume of the broker is given to its group once, and its cookie never', t => {
	const {spec} = find<Pods>('StatefulSet', 'warren-rabbitmq').spec.template;
	t.like(spec.securityContext, {fsGroup: 999, fsGroupChangePolicy: 'OnRootMismatch'});
});

test('selectors, Services and budgets mean the pods that there are', t => {
	for (const [kind, name] of [
		['StatefulSet', 'warren-server'],
		['Deployment', 'warren-worker'],
	] as const) {
		const {selector, template} = find<Pods>(kind, name).spec;
		t.deepEqual(selector.matchLabels, template.metadata.labels);
		const budget = find<Pods>('PodDisruptionBudget', name).spec.selector.matchLabels;
		t.like(template.metadata.labels, budget);
	}
	const labels = find<Pods>('StatefulSet', 'warren-server').spec.template.metadata.labels;
	for (const name of ['warren', 'warren-servers']) {
		t.like(labels, find<{spec: {selector: Record<string, string>}}>('Service', name).spec.selector);
	}
});

type Scaled = {
	readonly spec: {
		readonly scaleTargetRef: {readonly name: string};
		readonly minReplicaCount: number;
		readonly maxReplicaCount: number;
		readonly triggers: readonly {
			readonly name: string;
			readonly metadata: Readonly<Record<string, string>>;
		}[];
	};
};

test('KEDA watches the queue of each class, within the bounds that the page names', t => {
	const {scaleTargetRef, minReplicaCount, maxReplicaCount, triggers} = find<Scaled>(
		'ScaledObject',
		'warren-worker',
		'keda/',
	).spec;
	const {worker: settings} = loadConfig({env: environmentOf(worker.containers[0]), cwd: '/data'});
	t.is(settings.pool, defaultPool);
	t.is(scaleTargetRef.name, find<{metadata: {name: string}}>('Deployment', 'warren-worker').metadata.name);
	t.deepEqual(
		triggers.map(({name, metadata}) => [name, metadata.queueName]),
		classes.map(priority => [priority, names().work(defaultPool, priority)]),
	);
	const page = readFileSync('deploy/kubernetes/README.md', 'utf8');
	for (const {name, metadata} of triggers) {
		t.true(
			page.includes(
				`| \`keda\`, class \`${name}\` | ${minReplicaCount} | ${maxReplicaCount} | ${metadata.value} messages |`,
			),
		);
	}
});

test('the metrics that KEDA asks Prometheus for are metrics of ours', async t => {
	const {triggers, minReplicaCount, maxReplicaCount} = find<Scaled>(
		'ScaledObject',
		'warren-worker',
		'keda-prometheus/',
	).spec;
	const {query = '', threshold} = triggers[0]?.metadata ?? {};
	const asked = query.match(/warren_\w+/g) ?? [];
	t.is(asked.length, 1);
	const known = await createMetrics().registry.getMetricsAsJSON();
	for (const name of asked) t.true(known.map(one => one.name).includes(name), name);
	const page = readFileSync('deploy/kubernetes/README.md', 'utf8');
	t.true(
		page.includes(`| \`keda-prometheus\` | ${minReplicaCount} | ${maxReplicaCount} | ${threshold} tasks |`),
	);
});
