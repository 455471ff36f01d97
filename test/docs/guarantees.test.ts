import {readFile} from 'node:fs/promises';
import test from 'ava';

const line = /^- `(test\/[\w/]+\.test\.ts)`: (.+)$/gmu;

test('every proof that the guarantees name is a test that is there', async t => {
	const text = await readFile('docs/guarantees.md', 'utf8');
	const proofs = [...text.matchAll(line)].map(([, file = '', title = '']) => ({file, title}));
	t.true(proofs.length > 15);
	const guarantees = text.match(/^## \d/gmu)?.length;
	t.is(guarantees, 7);
	t.is(text.match(/^\*\*Proven by\*\*$/gmu)?.length, guarantees, 'each of the guarantees is proven');
	for (const {file, title} of proofs)
		t.true((await readFile(file, 'utf8')).includes(title), `${file}: ${title}`);
});
