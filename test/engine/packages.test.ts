// Packages from npm, as they are, in a sandbox: the same answers as in Node.
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import {bundle} from '#client/bundle.ts';
import {buildOf, engineOf, opened, resultOf, runOne} from './world.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The same module, called in a sandbox and here. */
async function both(t: ExecutionContext, code: string, inputs: readonly unknown[]): Promise<void> {
	const folder = await mkdtemp(join(tmpdir(), 'warren-package-'));
	t.teardown(() => rm(folder, {recursive: true, force: true}));
	// As if written in this repository, whose node_modules have the packages.
	const entry = join(folder, 'index.js');
	await writeFile(entry, code.replaceAll("from '", `from '${root}node_modules/`));
	const {default: here} = (await import(entry)) as {default: (input: unknown) => unknown};
	const sandbox = await opened(engineOf(t), await buildOf((await bundle({entry})).code));
	for (const input of inputs) {
		t.deepEqual(resultOf(await runOne(sandbox, input)), JSON.parse(JSON.stringify(await here(input))));
	}
}

test('marked turns Markdown into the same HTML', async t => {
	const readme = await readFile(join(root, 'node_modules/marked/README.md'), 'utf8');
	const code = `import {marked} from 'marked/lib/marked.esm.js';
export default text => ({html: marked.parse(text), outline: marked.lexer(text).filter(x => x.type === 'heading').map(x => x.text)});`;
	await both(t, code, [readme, '# Hi\n\n* a\n* **b**\n\n<script>', '']);
});

test('zod checks the same things', async t => {
	const code = `import {z} from 'zod/index.js';
const Order = z.object({id: z.string().uuid(), lines: z.array(z.object({sku: z.string(), n: z.number().int().positive()})).min(1), url: z.string().url().optional()});
export default input => { const {success, data, error} = Order.safeParse(input); return success ? data : error.issues.map(x => [x.path, x.message]); };`;
	const id = '123e4567-e89b-42d3-a456-426614174000';
	await both(t, code, [
		{id, lines: [{sku: 'a', n: 1}], url: 'https://a.example/x'},
		{id: 'no', lines: []},
		null,
	]);
});

test('yaml reads and writes the same documents', async t => {
	const code = `import yaml from 'yaml/browser/index.js';
export default text => { const value = yaml.parse(text); return {value, text: yaml.stringify(value)}; };`;
	await both(t, code, ['a: 1\nb: [x, {y: 2}]\nc: |\n  text\n', '- 1\n- &a {b: c}\n- *a\n']);
});

test('ulid gets its randomness', async t => {
	const folder = await mkdtemp(join(tmpdir(), 'warren-package-'));
	t.teardown(() => rm(folder, {recursive: true, force: true}));
	await writeFile(
		join(folder, 'index.js'),
		`import {ulid} from '${root}node_modules/ulid';\nexport default () => [ulid(), ulid()];`,
	);
	const sandbox = await opened(engineOf(t), await buildOf((await bundle({entry: folder})).code));
	const [one, two] = resultOf(await runOne(sandbox, 1)) as string[];
	t.regex(one ?? '', /^[0-9A-Z]{26}$/);
	t.not(one, two);
});
