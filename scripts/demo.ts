// `npm run demo`: the main job on real input, against an embedded node or (`--broker URL`) RabbitMQ.
// Every result is compared with the same code run here, outside any isolate. Exits 1 if anything differs.
import {createHash} from 'node:crypto';
import {mkdtemp, readdir, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import Table from 'cli-table3';
import {bundle} from '#client/bundle.ts';
import {createClient} from '#client/client.ts';
import {createWarren} from '#warren.ts';
import markdown from '../examples/functions/markdown.ts';
import {readArgs} from './commandLine.ts';
import {type Failures, showFailures} from './demoFailures.ts';
import {removeQueues} from './demoQueues.ts';

const leastDocuments = 300;
const usage = 'usage: npm run demo [-- --broker amqp://user:password@host:port]';
const options = {broker: {type: 'string', default: 'memory:'}} as const;
const values = readArgs(usage, {options}, args => args.values);

const data = await mkdtemp(join(tmpdir(), 'warren-demo-'));
// Queues of its own, deleted before and after: the demo touches nobody else's, and finds nothing in them.
const broker = {url: values.broker, prefix: 'warren-demo'};
await removeQueues(values.broker, broker.prefix);
const warren = await createWarren({
	data,
	broker,
	http: {host: '127.0.0.1', port: 0, bodyLimitBytes: 8 * 1024 * 1024},
});
const problems: string[] = [];
try {
	await warren.start();
	console.log(`warren is up at ${warren.url} (${values.broker === 'memory:' ? 'embedded' : 'RabbitMQ'})\n`);
	await run(warren.url ?? '');
} finally {
	await warren.stop();
	await removeQueues(values.broker, broker.prefix, (await readFile(join(data, 'home'), 'utf8')).trim());
	await rm(data, {recursive: true, force: true});
}
for (const problem of problems) console.error(`\nWRONG: ${problem}`);
process.exitCode = problems.length > 0 ? 1 : 0;

async function run(url: string): Promise<void> {
	const client = createClient({url});
	const table = new Table({head: ['what', 'how many', 'how long', 'outcome'], style: {head: [], border: []}});

	const deployed = await timed(async () => {
		const built = await bundle({entry: 'examples/functions/markdown.ts'});
		return client.deploy({name: 'markdown', ...built});
	});
	table.push([
		'deploy markdown.ts with npm package marked',
		1,
		deployed.took,
		`version ${deployed.value.version?.slice(0, 12)}`,
	]);

	const documents = await readDocuments();
	const hostile = documents.filter(({name}) => name.startsWith('examples/')).length;
	if (documents.length - hostile < leastDocuments) {
		problems.push(
			`found ${documents.length - hostile} documents under node_modules, expected at least ${leastDocuments}`,
		);
	}
	const converted = await timed(() => client.map('markdown', documents));
	let wrong = 0;
	const sum = createHash('sha256');
	for (const [at, document] of documents.entries()) {
		const result = converted.value[at];
		const text = result && 'value' in result ? JSON.stringify(result.value) : JSON.stringify(result);
		sum.update(`${text}\n`);
		if (text === JSON.stringify(await markdown(document))) continue;
		wrong++;
		problems.push(`${document.name}: the result differs from the same code outside: ${text?.slice(0, 200)}`);
	}
	const digest = sum.digest('hex');
	table.push([
		'documents to HTML, all results checked',
		documents.length,
		converted.took,
		wrong === 0 ? 'all right' : `${wrong} wrong`,
	]);
	table.push(['  of them hostile', hostile, '', '']);

	const failures: Failures = {client, table, problems};
	await showFailures(failures);
	console.log(table.toString());
	console.log(`\nsha256 of all results: ${digest}`);

	const {ledger} = await client.status();
	const {accepted, succeeded, dead, cancelled, expired, waiting, running} = ledger;
	if (accepted !== succeeded + dead + cancelled + expired + waiting + running)
		problems.push('the ledger does not balance');
	if (waiting > 0 || running > 0) problems.push('some tasks have not ended');
	if (succeeded !== documents.length + 2 || dead !== 1 || cancelled !== 1)
		problems.push('the ends are not as expected');
	console.log(
		`accepted ${accepted} = succeeded ${succeeded} + dead ${dead} + cancelled ${cancelled} + expired ${expired}, waiting ${waiting}, running ${running}`,
	);
}

/** Every Markdown file under node_modules, and those written to hurt; in the order of their names. */
async function readDocuments(): Promise<{name: string; text: string}[]> {
	const folders = ['node_modules', 'examples/hostile'];
	const found = await Promise.all(
		folders.map(async folder => {
			const entries = await readdir(folder, {recursive: true, withFileTypes: true});
			return entries
				.filter(entry => entry.isFile() && entry.name.endsWith('.md'))
				.map(entry => join(entry.parentPath, entry.name));
		}),
	);
	const names = found.flat().toSorted();
	return Promise.all(names.map(async name => ({name, text: await readFile(name, 'utf8')})));
}

async function timed<T>(work: () => Promise<T>): Promise<{value: T; took: string}> {
	const start = performance.now();
	const value = await work();
	return {value, took: `${Math.round(performance.now() - start)} ms`};
}
