import test from 'ava';
import {defaultPolicy} from '#actors/policy.ts';
import {limitOf, orderOf} from '#worker/executorOrder.ts';
import type {RunItem} from '#worker/executors.ts';

const at = 1_800_000_000_000;
const policy = {...defaultPolicy, wallMs: 1000};
const itemOf = (more: Partial<RunItem>): RunItem => ({
	...{task: 't1', attempt: 1, input: Buffer.alloc(0), wallMs: null, deadline: null},
	...more,
});

for (const [why, item, limit] of [
	["the function's own", {}, {wallMs: 1000, code: 'TIMEOUT'}],
	["its caller's, where that is less", {wallMs: 10}, {wallMs: 10, code: 'TIMEOUT'}],
	["not its caller's, where that is more", {wallMs: 5000}, {wallMs: 1000, code: 'TIMEOUT'}],
	['the deadline, where that is first', {deadline: at + 999}, {wallMs: 999, code: 'DEADLINE_EXCEEDED'}],
	['the deadline, where both are one', {deadline: at + 1000}, {wallMs: 1000, code: 'DEADLINE_EXCEEDED'}],
	['not a deadline that is later', {deadline: at + 1001}, {wallMs: 1000, code: 'TIMEOUT'}],
	['a moment, where the deadline is over', {deadline: at - 1}, {wallMs: 1, code: 'DEADLINE_EXCEEDED'}],
] as const) {
	test(`the limit of an attempt is ${why}`, t => {
		t.deepEqual(limitOf(itemOf(item), policy, at), limit);
		t.like(orderOf(itemOf(item), policy, at), {wallMs: limit.wallMs, cpuMs: policy.cpuMs});
	});
}
