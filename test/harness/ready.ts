import {connect} from 'node:net';

const patienceMs = 120_000;
const betweenMs = 50;

/** Resolves when something that speaks AMQP answers on this port of this machine. */
export async function ready(port: number): Promise<void> {
	const until = performance.now() + patienceMs;
	while (!(await answers(port))) {
		if (performance.now() > until) throw new Error(`No broker answered on port ${port} in ${patienceMs} ms`);
		await new Promise(resolve => setTimeout(resolve, betweenMs));
	}
}

function answers(port: number): Promise<boolean> {
	return new Promise(resolve => {
		const socket = connect(port, '127.0.0.1');
		const end = (answer: boolean) => {
			socket.destroy();
			resolve(answer);
		};
		socket.setTimeout(1000, () => end(false));
		socket.once('connect', () => socket.write('AMQP\x00\x00\x09\x01'));
		socket.once('data', () => end(true));
		socket.once('error', () => end(false));
		socket.once('close', () => end(false));
	});
}
