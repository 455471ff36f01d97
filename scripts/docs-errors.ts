// Prints docs/errors.md from the table of failures; with `--check` it only compares.
import {type FailureCode, failures} from '#actors/failure.ts';
import {madeBy, markdownTable, publish} from './page.ts';

const meanings = {
	user: 'the function: charged against `maxAttempts` (1 unless its policy or the caller says more)',
	crash: 'the task that was alone in the executor: charged, and tried at least `infraAttempts` times (3)',
	warren:
		'nobody. Where Warren itself failed in an attempt it is tried `infraAttempts` times (3). An attempt whose worker is lost ' +
		'has not failed: it runs again, however often, unless it ran alone in three that died (`DELIVERY_LIMIT`)',
	caller: 'the request: the same again would fail in the same way, so it is final',
} as const;

const codes = Object.keys(failures) as FailureCode[];

const rows = codes.map(code => {
	const {says, status, blame, retryable} = failures[code];
	return [`\`${code}\``, says, String(status), blame, retryable ? 'yes' : 'no'];
});

publish(
	'docs/errors.md',
	`# Failures

${madeBy('docs-errors.ts', 'actors/failure.ts')}

Whatever fails, fails as data: \`{code, message, retryable}\`, with \`name\` and \`stack\` (in the author's own
files and lines) where a function threw, \`details\` where there is more to say, and \`permanent: true\` where a
function said so itself (\`error.retryable = false\`): then there is no further attempt, whatever the policy.

- A task keeps its last failure; \`GET /v1/tasks/ID\` and \`warren task get ID\` show it.
- REST answers it as \`application/problem+json\` (RFC 9457): \`{type, title, status, code, detail, retryable, …}\`,
  where \`type\` is \`urn:warren:CODE\`, \`title\` the sentence below and \`detail\` what happened this time; \`task\`
  names the task where there is one. A problem may have another status than its code's where HTTP has one of
  its own: 415 for a wrong content type, 403 for a page of another site, 431 for headers without end.
- An AMQP reply carries it as JSON.
- The command line says it in one sentence and ends with the exit code of docs/cli.md.

${markdownTable(['code', 'meaning', 'HTTP', 'blame', 'retryable'], rows)}

**Blame** says who pays for an attempt that ended so:

${Object.entries(meanings)
	.map(([blame, says]) => `- \`${blame}\`: ${says}.`)
	.join('\n')}

**Retryable** says that another attempt, or the same request a little later, may end otherwise.
`,
);
