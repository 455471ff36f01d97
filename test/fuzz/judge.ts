// What an answer must be, whatever was asked: one that the document lists for this address, with a body
// of its schema; of what is wrong on Warren's side only «not now» and a wait that ran out.
import {checkProblem, problemType} from '#contract/problem.ts';
import type {Operation} from './document.ts';
import type {Reply} from './wire.ts';

/** Failures of the task itself that HTTP tells with 504, beside the wait. */
const overtime = ['WAIT_OVER', 'TIMEOUT', 'DEADLINE_EXCEEDED', 'EXPIRED'];

/** @throws Error that says what is wrong with the answer */
export function judge(reply: Reply, operation: Operation | undefined): void {
	const {status, body} = reply;
	const type = (reply.headers['content-type'] ?? '').split(';', 1)[0] ?? '';
	const wrong = (what: string) => new Error(`${what}: ${status} ${type} ${body.toString('utf8', 0, 1000)}`);
	if (type === problemType) {
		const checked = checkProblem(parsed(body));
		if (!checked.ok) throw wrong(`A problem that is none (${checked.why})`);
		if (checked.value.status !== status) throw wrong('A problem of another status');
		if (status === 504 && !overtime.includes(checked.value.code)) throw wrong('A timeout that is none');
	}
	if (status >= 500 && status !== 503 && status !== 504) throw wrong('A failure of the server');
	if (!operation) {
		if (status < 400 || type !== problemType) throw wrong('Expected a problem');
		return;
	}
	const listed = operation.answers.get(status);
	if (!listed) throw wrong(`The document lists no such answer for ${operation.id}`);
	const check = listed.get(type);
	if (!check) throw wrong(`The document lists no such type for ${operation.id}`);
	if (!type.endsWith('json')) return;
	const checked = check(parsed(body));
	if (!checked.ok) throw wrong(`Not what the document says (${checked.why})`);
}

function parsed(body: Buffer): unknown {
	try {
		return JSON.parse(body.toString('utf8'));
	} catch {
		return undefined;
	}
}
