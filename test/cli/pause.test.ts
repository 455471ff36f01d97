import test from 'ava';
import {world} from './shell.ts';

test('functions are paused with a reason and resumed, and say so', async t => {
	const {run} = await world(t);
	const paused = await run(['functions', 'pause', 'echo', '--why', 'repairs']);
	t.like(paused, {code: 0, out: 'echo is paused\n  warren functions resume echo'});
	const one = await run(['functions', 'echo']);
	t.regex(one.out, /^state +paused\npaused by +an operator, .*: repairs$/m);
	t.regex((await run(['functions'])).out, /^echo +paused /m);
	const resumed = await run(['functions', 'resume', 'echo', '--json']);
	t.like(JSON.parse(resumed.out), {name: 'echo', state: 'active', pause: null});
	t.like(await run(['functions', 'resume', 'nobody']), {code: 4});
	t.like(await run(['functions', 'pause']), {code: 1});
});

test('a deployment of a paused function says that it stays paused', async t => {
	const {run, api} = await world(t);
	const deploy = api.deploy.bind(api);
	api.deploy = async request => {
		const answer = await deploy(request);
		return answer.ok ? {ok: true, value: {...answer.value, state: 'paused'}} : answer;
	};
	await run(['init', '.']);
	const {out} = await run(['deploy', 'hello.ts']);
	t.regex(out, /^hello is live: version 1 .*, but hello is paused\n {2}warren functions resume hello$/);
});
