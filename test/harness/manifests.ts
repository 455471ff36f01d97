// The manifests of Kubernetes in this repository, as data, and what the published schemas say of them.
import {execFile} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';
import {mkdtemp, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {promisify} from 'node:util';
import {parseAllDocuments} from 'yaml';

export type Manifest = {
	/** Below `deploy/kubernetes`. */
	readonly file: string;
	readonly apiVersion: string;
	readonly kind: string;
	readonly metadata: {readonly name: string};
	/** All of it. */
	readonly content: Readonly<Record<string, unknown>>;
};

const root = 'deploy/kubernetes';

/** Every document of every YAML file; a `Kustomization` has no name. @throws if a file is not YAML */
export function readManifests(): Manifest[] {
	return readdirSync(root, {recursive: true, encoding: 'utf8'})
		.filter(file => file.endsWith('.yaml'))
		.flatMap(file =>
			parseAllDocuments(readFileSync(join(root, file), 'utf8')).map(document => {
				if (document.errors[0]) throw document.errors[0];
				const content = document.toJS() as Manifest['content'] & Omit<Manifest, 'content' | 'file'>;
				const {apiVersion, kind, metadata} = content;
				return {file, apiVersion, kind, metadata, content};
			}),
		);
}

type Model = {validate(): void};
type Models = Readonly<Record<string, unknown>>;

const published: Readonly<Record<string, {readonly from: string; load(): Promise<Models>}>> = {
	v1: {from: 'kubernetes-models/v1', load: () => import('kubernetes-models/v1')},
	'apps/v1': {from: 'kubernetes-models/apps/v1', load: () => import('kubernetes-models/apps/v1')},
	'policy/v1': {from: 'kubernetes-models/policy/v1', load: () => import('kubernetes-models/policy/v1')},
	'networking.k8s.io/v1': {
		from: 'kubernetes-models/networking.k8s.io/v1',
		load: () => import('kubernetes-models/networking.k8s.io/v1'),
	},
	'keda.sh/v1alpha1': {
		from: '@kubernetes-models/keda/keda.sh/v1alpha1',
		load: () => import('@kubernetes-models/keda/keda.sh/v1alpha1'),
	},
};

/** What the schema of its kind finds wrong: types, formats, what is missing. Unknown fields pass it. */
export async function flawsOf({apiVersion, kind, content}: Manifest): Promise<string | undefined> {
	const Kind = (await published[apiVersion]?.load())?.[kind] as (new (data: unknown) => Model) | undefined;
	if (!Kind) return `there is no ${kind} in ${apiVersion}`;
	try {
		new Kind(content).validate();
		return undefined;
	} catch (error) {
		return (error as Error).message;
	}
}

/**
 * What the compiler says of the manifests as literals of their types: it names each field that there is not.
 * Empty: nothing.
 */
export async function compile(manifests: readonly Manifest[]): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'warren-manifests-'));
	try {
		await symlink(resolve('node_modules'), join(folder, 'node_modules'));
		const lines = manifests.map(({apiVersion, kind, content}, index) => {
			const type = `import('${published[apiVersion]?.from}').I${kind}`;
			return `export const ${kind}${index}: ${type} = ${JSON.stringify(content)};`;
		});
		await writeFile(join(folder, 'package.json'), '{"type": "module"}');
		await writeFile(join(folder, 'manifests.ts'), lines.join('\n'));
		return await typeCheck(folder);
	} finally {
		await rm(folder, {recursive: true});
	}
}

async function typeCheck(folder: string): Promise<string> {
	const tsc = resolve('node_modules/typescript/bin/tsc');
	const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2024'];
	try {
		await promisify(execFile)(process.execPath, [tsc, ...options, 'manifests.ts'], {cwd: folder});
		return '';
	} catch (error) {
		return String((error as {stdout?: string}).stdout);
	}
}
