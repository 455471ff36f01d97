// A node that was killed is waited for: what the process before it compiled must be there.
import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {startNode} from '../chaos/nodeProcess.ts';
import {prefix, rabbit} from '../harness/rabbit.ts';
import {tempFolder} from './pty.ts';

test('what a node has compiled is kept for the next one, also if it is killed', async t => {
	const folder = tempFolder(t);
	const kept = join(folder, 'compiled');
	process.env.NODE_COMPILE_CACHE = kept;
	const {url} = await rabbit();
	const flags = ['--data', join(folder, 'data'), '--broker', url, '--set', `broker.prefix=${prefix()}`];
	const node = await startNode('worker', flags);
	await node.kill();
	const files = readdirSync(kept, {recursive: true, withFileTypes: true}).filter(entry => entry.isFile());
	t.true(files.length > 100, `${files.length} files are kept`);
});
