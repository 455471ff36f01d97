import test from 'ava';
import {nameOf} from '#node/areas.ts';

test('servers that share a store are one area to others, whatever each is called', t => {
	t.is(nameOf({shared: false}, {home: 'n1'}), 'n1');
	t.is(nameOf({shared: true}, {home: 'n1'}), nameOf({shared: true}, {home: 'n2'}));
});
