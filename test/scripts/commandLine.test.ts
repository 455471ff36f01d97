// What the scripts answer to a command line that they do not understand.
import {accessSync, constants, readdirSync, statSync} from 'node:fs';
import test from 'ava';
import manifest from '../../package.json' with {type: 'json'};
import {run, runFile} from '../system/process.ts';

const scripts: Readonly<Record<string, string>> = manifest.scripts;
const broker = ['--broker', 'amqp://127.0.0.1'];
const refused: readonly (readonly [script: string, args: readonly string[], says: RegExp])[] = [
	['scale-workers', ['2', '--pools', 'gpu'], /^Unknown option '--pools'/],
	['scale-workers', ['2', '--patience', 'soon', ...broker], /^Expected --patience to be .*, got `soon`\n/],
	['scale-workers', broker, /^Expected how many workers there should be, got ``\n/],
	['drain-worker', ['w1', '--force'], /^Unknown option '--force'/],
	['drain-worker', ['w1', '--patience=-1', ...broker], /^Expected --patience to be .*, got `-1`\n/],
	['drain-worker', ['w1', '--patience=', ...broker], /^Expected --patience to be .*, got ``\n/],
	['drain-worker', ['w1', 'w2', ...broker], /^Expected one worker, got `w1 w2`\n/],
	['workers', ['gpu', ...broker], /^Unexpected argument 'gpu'/],
	['broker-users', ['worker', '--run=yes'], /^Option '--run' does not take an argument/],
	['broker-users', ['toString'], /^Expected a role \(.*\), got `toString`\n/],
	['composeCheck', ['--kep'], /^Unknown option '--kep'/],
	['chaos', ['--seed', 'x'], /^Expected --seed to be .*, got `x`\n/],
	['chaos', ['--mode', 'local'], /^Expected --mode to be pull or push, got local\n/],
	['demo', ['again'], /^Unexpected argument 'again'/],
	['fuzz', ['--door', 'back'], /^Expected --door to be rest, amqp or all, got `back`\n/],
];

for (const [script, args, says] of refused) {
	test(`${[script, ...args].join(' ')} is refused with the usage`, async t => {
		const ran = await runFile(`scripts/${script}.ts`, args);
		t.is(ran.code, 2);
		t.is(ran.stdout, '');
		t.regex(ran.stderr, says);
		t.regex(ran.stderr, /\n\nusage: /i);
		t.notRegex(ran.stderr, /^ {4}at /m);
	});
}

const offered = Object.entries(scripts)
	.map(([name, command]) => [name, /^node bin\/run\.cjs (\S+\.ts)$/.exec(command)?.[1]] as const)
	// Without arguments all of them; ava's and the checkers' own helps are theirs.
	.filter(([name]) => /^(bench|chaos|demo|fuzz|hostile|prove|scale|walk)\b|:(check|combinations)$/.test(name))
	.filter(([, file]) => file !== undefined);

for (const [name, file = '?'] of offered) {
	test(`npm run ${name} starts, and says what it can be asked`, async t => {
		const ran = await runFile(file, ['--help']);
		t.is(ran.code, 0);
		t.regex(ran.stdout, new RegExp(`^usage: npm run ${name}\\b`, 'i'));
		t.is(ran.stderr, '');
	});
}

test('the usage is printed for who asks for it', async t => {
	const ran = await runFile('scripts/drain-worker.ts', ['--help']);
	t.is(ran.code, 0);
	t.regex(ran.stdout, /^usage: scripts\/drain-worker WORKER/);
	t.is(ran.stderr, '');
});

// What an operator calls by its name: all in the folder that are no modules.
const operators = readdirSync('scripts').filter(
	name => !name.includes('.') && statSync(`scripts/${name}`).isFile(),
);

test('there is a script for each thing that operators do to workers and tasks', t => {
	const verbs = ['scale-workers', 'drain-worker', 'workers', 'restart-workers', 'redrive'];
	const pauses = ['pause-function', 'resume-function', 'pause-pool', 'resume-pool'];
	t.deepEqual([...new Set(operators).symmetricDifference(new Set([...verbs, ...pauses]))], []);
});

for (const name of operators) {
	test(`scripts/${name} can be called by its name, and says what it can be asked`, async t => {
		accessSync(`scripts/${name}`, constants.X_OK);
		const ran = await run(`scripts/${name}`, ['--help']);
		t.is(ran.code, 0);
		t.regex(ran.stdout, /^usage: /i);
		t.is(ran.stderr, '');
	});
}
