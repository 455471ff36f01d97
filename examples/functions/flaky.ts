// Fails on its first attempt and succeeds on the second: `ctx.attempt` says which one it is.
type Context = {readonly attempt: number};

export default function flaky(input: {readonly order: number}, ctx: Context) {
	if (ctx.attempt === 1) throw new Error('the payment service did not answer');
	return {order: input.order, paidOnAttempt: ctx.attempt};
}
