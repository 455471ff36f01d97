import test from 'ava';
import * as warren from 'warren';

test('the package gives a node, a client, a bundler and the failures', t => {
	t.deepEqual(Object.keys(warren).sort(), [
		'BundleError',
		'WarrenError',
		'bundle',
		'createClient',
		'createWarren',
		'failures',
	]);
});
