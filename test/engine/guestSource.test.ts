import {fileURLToPath} from 'node:url';
import test from 'ava';
import {guestSource} from '#engine/guestSource.ts';
import {bundleGuest} from '../../scripts/guestBundle.ts';

test('what runs inside isolates is made from what src/engine/guest says', async t => {
	const root = fileURLToPath(new URL('../..', import.meta.url));
	t.true((await bundleGuest(root)) === guestSource, 'src/engine/guestSource.ts is stale: `npm run guest`');
});
