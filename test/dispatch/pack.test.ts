import test from 'ava';
import * as fc from 'fast-check';
import {createPacker} from '#dispatch/pack.ts';
import {list, namesOf, placement} from './placements.ts';

const sizes = (packs: readonly (readonly unknown[])[]) => packs.map(pack => pack.length);

test('attempts of a version that was never measured travel alone', t => {
	t.deepEqual(sizes(createPacker().pack(list(3))), [1, 1, 1]);
});

test('a pack is as long as is expected to take ten milliseconds, and never longer than 64', t => {
	const packer = createPacker();
	packer.measured('v1', 3);
	t.deepEqual(sizes(packer.pack(list(7))), [3, 3, 1]);
	packer.measured('v2', 0);
	t.deepEqual(sizes(packer.pack(list(130, {version: 'v2'}))), [64, 64, 2]);
	packer.measured('v3', 500);
	t.deepEqual(sizes(packer.pack(list(2, {version: 'v3'}))), [1, 1]);
});

test('a function that has become slow gets shorter packs', t => {
	const packer = createPacker();
	packer.measured('v1', 1);
	const before = packer.pack(list(100))[0]?.length ?? 0;
	for (let n = 0; n < 50; n++) packer.measured('v1', 20);
	t.is(before, 10);
	t.is(packer.pack(list(100))[0]?.length, 1);
});

test('versions, pools and classes never share a pack', t => {
	const packer = createPacker();
	for (const version of ['v1', 'v2']) packer.measured(version, 1);
	const mixed = [
		placement('a'),
		placement('b', {version: 'v2'}),
		placement('c'),
		placement('d', {pool: 'gpu'}),
		placement('e', {class: 'low'}),
		placement('f', {version: 'v2'}),
	];
	t.deepEqual(packer.pack(mixed).map(namesOf), [['a', 'c'], ['b', 'f'], ['d'], ['e']]);
});

test('what may have been published before travels alone', t => {
	const packer = createPacker();
	packer.measured('v1', 0.1);
	const packs = packer.pack([placement('a'), placement('b', {}, {again: true}), placement('c')]);
	t.deepEqual(packs.map(namesOf), [['a', 'c'], ['b']]);
});

test('a chunk travels alone', t => {
	const packer = createPacker();
	packer.measured('v1', 0.1);
	const packs = packer.pack([placement('a'), placement('b', {chunk: 3}), placement('c')]);
	t.deepEqual(packs.map(namesOf), [['a', 'c'], ['b']]);
});

test('large inputs make short packs', t => {
	const packer = createPacker();
	packer.measured('v1', 0.1);
	const input = Buffer.alloc(100 * 1024, 32);
	const packs = packer.pack([1, 2, 3, 4, 5].map(n => placement(`t${n}`, {}, {input})));
	t.deepEqual(sizes(packs), [2, 2, 1]);
	t.deepEqual(sizes(packer.pack([placement('huge', {}, {input: Buffer.alloc(1024 * 1024)})])), [1]);
});

test('whatever was measured, every attempt is in exactly one pack, in its order', t => {
	const one = fc.record({
		version: fc.constantFrom('v1', 'v2', 'v3'),
		again: fc.boolean(),
		bytes: fc.nat({max: 200_000}),
	});
	const property = fc.property(
		fc.array(one, {maxLength: 200}),
		fc.double({min: 0, max: 50, noNaN: true}),
		(all, ms) => {
			const packer = createPacker();
			packer.measured('v1', ms);
			packer.measured('v2', ms / 10);
			const placements = all.map(({version, again, bytes}, n) =>
				placement(`t${n}`, {version}, {again, input: Buffer.alloc(bytes)}),
			);
			const packs = packer.pack(placements);
			const packed = packs.flat();
			const isWhole = packed.length === all.length && new Set(packed).size === all.length;
			const isOrdered = packs.every(pack =>
				pack.every(
					(placed, at) => at === 0 || placements.indexOf(placed) > placements.indexOf(pack[at - 1] ?? placed),
				),
			);
			return isWhole && isOrdered && packs.every(pack => pack.length > 0 && pack.length <= 64);
		},
	);
	t.notThrows(() => fc.assert(property, {numRuns: 200}));
});
