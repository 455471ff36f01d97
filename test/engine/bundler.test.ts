// The process that parses for all: whoever holds it is refused, and nobody else.
import test from 'ava';
import {bundleOne} from '#engine/bundler.ts';

const of = (contents: string) => ({
	stdin: {contents, loader: 'js'} as const,
	outfile: 'index.js',
	bundle: true,
});

test('code that takes the parser too long is refused, and what was built beside it is built', async t => {
	const sum = `export default () => ${'"a"+'.repeat(300_000)}"b";`;
	const [endless, quick] = await Promise.all([
		bundleOne(of(sum), 1500),
		bundleOne(of('export default 1;'), 60_000),
	]);
	t.like(endless, {errors: [{text: 'The code can not be parsed: it takes the parser more than 1.5 s'}]});
	t.true('code' in quick);
	t.true('code' in (await bundleOne(of('export default 2;'))));
});
