// Who has asked for what, as the log has it.
import test from 'ava';
import {openKeyRing} from '#keys/keyRing.ts';
import {type TestAmbient, testAmbient} from '../harness/ambient.ts';
import {keyList} from '../keys/keyList.ts';
import {open} from './door.ts';

const trail = ({lines}: TestAmbient) =>
	lines
		.filter(({msg}) => msg === 'somebody has asked for a change')
		.map(({operation, address, key, status}) => [operation, address, key, status]);

test('whoever changes something is named with the key and the answer; who only looks or submits is not', async t => {
	const {ambient, call} = await open(t);
	await call('GET', '/v1/functions');
	await call('POST', '/v1/functions/mason/tasks', '1');
	await call('POST', '/v1/pools/gpu/scale?workers=4');
	await call('POST', '/v1/pools/gpu/scale?workers=many');
	t.deepEqual(trail(ambient), [
		['scalePool', '/v1/pools/gpu/scale?workers=4', null, 200],
		['scalePool', '/v1/pools/gpu/scale?workers=many', null, 400],
	]);
	t.is(ambient.lines.at(-1)?.from, '127.0.0.1');
});

test('a key is named by its id, and who has none that will do leaves no line', async t => {
	const list = keyList(t);
	const [operator, reader] = [list.add(['operate']), list.add(['read'])];
	const keys = await openKeyRing(testAmbient(), list.file);
	const {ambient, call} = await open(t, {}, undefined, keys);
	const pause = '/v1/pools/gpu/pause';
	t.is((await call('POST', pause)).status, 401);
	t.is((await call('POST', pause, null, reader.headers)).status, 403);
	t.true((await call('POST', pause, null, operator.headers)).ok);
	t.deepEqual(
		trail(ambient).map(([operation, , key]) => [operation, key]),
		[['pausePool', operator.id]],
	);
	t.false(JSON.stringify(ambient.lines).includes(operator.key));
});

test('who hangs up before the answer is named all the same', async t => {
	const {ambient, api, url} = await open(t);
	const begun = Promise.withResolvers<void>();
	api.scale = () => {
		begun.resolve();
		return new Promise(() => {});
	};
	const leaving = new AbortController();
	const asked = fetch(`${url}/v1/pools/gpu/scale?workers=4`, {method: 'POST', signal: leaving.signal});
	asked.catch(() => {});
	await begun.promise;
	leaving.abort();
	while (trail(ambient).length === 0) await new Promise(resolve => setImmediate(resolve));
	t.deepEqual(trail(ambient), [['scalePool', '/v1/pools/gpu/scale?workers=4', null, null]]);
});
