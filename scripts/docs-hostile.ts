// Prints docs/hostile.md from the hostile functions and the list of guards; with `--check` it only compares.
import {type Case, casesOf, families} from '../test/hostile/case.ts';
import {guards} from '../test/hostile/guards.ts';
import {madeBy, markdownTable, publish} from './page.ts';

const meanings: Record<string, string> = {
	loops: 'Code that does not come back: loops of every kind, and waits for nothing.',
	hooks: 'Code that runs where nobody called it: getters, proxies, thenables, `toJSON`, stacks.',
	memory: 'Code that takes memory, on the heap and where no heap limit counts it.',
	cpu: 'Code that burns the CPU, in one piece, in slices, or inside of one operation of the engine.',
	stack: 'Code that uses up the stack, its own or that of whoever must describe or carry what it did.',
	results: 'Results and errors that are too large, too deep, or no JSON.',
	floods: 'More lines, timers and questions than a host can take.',
	leftovers: 'Work that goes on when the call has answered.',
	pollution: 'Changes to the language itself, on which the code around the function stands too.',
	reach: 'Ways out: to Node, to the library of isolates, to the functions below on the stack.',
	secrets: 'What failures, stacks and lines tell of the machine.',
	loading: 'All of that while the module is loaded, and code that should not even be parsed.',
	neighbours: 'What one call does to the next, and to others of its list, and words that are not its own.',
};

const outcome = ({ends, atDeploy}: Case): string => {
	const each = ends.map(one => one.map(end => (end === 'ok' ? 'ok' : `\`${end}\``)).join(' or '));
	const [first = ''] = each;
	const text = each.every(one => one === first) ? first : [...new Set(each)].join(', then ');
	return atDeploy ? `${text}, when it is deployed` : text;
};

const executors = {same: '', replaced: 'replaced', any: 'may be replaced'} as const;

const section = (family: string): string => {
	const rows = casesOf(family).map(one => [one.name, one.does, outcome(one), executors[one.executor]]);
	const walls = guards
		.filter(guard => guard.family === family)
		.map(({does, file, cases}) => [does, `\`${file}\``, cases.map(id => `\`${id}\``).join(', ')]);
	return `## ${family}

${meanings[family] ?? ''}

${markdownTable(['function', 'it …', 'and ends as', 'its executor'], rows)}

${markdownTable(['guard: Warren …', 'where', 'at least one fails without it'], walls)}
`;
};

const count = families().reduce((sum, family) => sum + casesOf(family).length, 0);

publish(
	'docs/hostile.md',
	`# Hostile functions

${madeBy('docs-hostile.ts', 'test/hostile')}

${count} functions in ${families().length} families, each a file in \`test/hostile/cases\`, are let loose in a whole node
(\`npm test -- test/hostile\`): deployed, called, ended. Of each it is checked

- that it ends as its file says, within its own limits of CPU and wall time and a margin for a busy machine; where its
  executor had to be killed, within twice its wall time and 10 s by the test's own clock
  (\`test/hostile/overrun.ts\` has the margins and their reasons);
- that its failure, its result and its lines show nothing of the host: no path, no value of the environment, no
  inside of Node or of the library of isolates;
- that what others must carry of it is bounded: lines, the text of its failure;
- that a good function in the same executor answers rightly before, meanwhile and afterwards;
- that the executor is the same as before, unless its file says otherwise, and the worker alive.

\`npm run hostile\` prints how long the good function takes meanwhile. \`npm run hostile -- guards\` takes the guards
below away, one at a time, in a copy of the source in which none of their cases had failed, and shows that one fails
then. \`npm run prove\` runs both; a run of the tests takes one guard away.

What this does not show: that V8 has no hole of its own. See SECURITY.md for what stands behind the sandbox.

${families().map(section).join('\n')}`,
);
