// A server that was killed is waited for: what the process before it compiled must be there.
import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {startNode} from '../chaos/nodeProcess.ts';
import {tempFolder} from './pty.ts';

test('what a node has compiled is kept for the next one, also if it is killed', async t => {
	const folder = tempFolder(t);
	const kept = join(folder, 'compiled');
	process.env.NODE_COMPILE_CACHE = kept;
	const node = await startNode('server', ['--port', '0', '--data', join(folder, 'data')]);
	await node.kill();
	const files = readdirSync(kept, {recursive: true, withFileTypes: true}).filter(entry => entry.isFile());
	t.true(files.length > 100, `${files.length} files are kept`);
});
