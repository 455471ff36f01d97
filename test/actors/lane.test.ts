import test from 'ava';
import fc from 'fast-check';
import {mostTags, partOf, partsOf, poolOf, serves, tagName} from '#actors/lane.ts';

const tag = fc.constantFrom('gpu', 'eu', 'fast', 'big');
const tags = fc.uniqueArray(tag, {maxLength: mostTags});

test('a part is named by what it needs, in whatever order and however often that is said', t => {
	t.is(partOf('default'), 'default');
	t.is(partOf('default', []), 'default');
	t.is(partOf('default', ['gpu', 'eu', 'gpu']), 'default+eu+gpu');
	t.is(poolOf('default+eu+gpu'), 'default');
	t.is(poolOf('default'), 'default');
});

test('whom a worker serves is who needs nothing that it lacks', t => {
	t.deepEqual(partsOf('default'), ['default']);
	t.deepEqual(partsOf('p', ['gpu', 'eu']).sort(), ['p', 'p+eu', 'p+eu+gpu', 'p+gpu']);
	fc.assert(
		fc.property(tags, tags, fc.boolean(), (has, needs, isElsewhere) => {
			const part = partOf(isElsewhere ? 'other' : 'default', needs);
			const isAble = !isElsewhere && needs.every(one => has.includes(one));
			t.is(serves({pool: 'default', tags: has}, part), isAble);
			t.is(partsOf('default', has).includes(part), isAble);
			t.is(new Set(partsOf('default', has)).size, 2 ** has.length);
		}),
	);
});

test('no name of a tag holds what stands between them', t => {
	for (const bad of ['', '+', 'a+b', 'A', '1a', 'a b', 'x'.repeat(33)]) t.false(tagName.test(bad), bad);
	for (const good of ['gpu', 'eu-west-1', 'a']) t.true(tagName.test(good), good);
});
