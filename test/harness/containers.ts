// RabbitMQ in a container, through testcontainers, where a Docker engine answers.
import {connect} from 'node:net';

const image = 'rabbitmq:3.12.11-management-alpine';

export type Container = {
	url(): string;
	/** SIGKILL and a new start on the same data; the port is another one afterwards. */
	restart(): Promise<void>;
	/** Runs Erlang code in the broker; says whether it could. */
	evaluate(code: string): Promise<boolean>;
	stop(): Promise<void>;
};

/** Asks the engine for nothing but an answer. */
export function engineAnswers(): Promise<boolean> {
	const host = process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock';
	const parsed = URL.canParse(host) ? new URL(host) : undefined;
	if (!parsed) return Promise.resolve(false);
	const unix = parsed.protocol === 'unix:';
	const target = unix ? {path: parsed.pathname} : {host: parsed.hostname, port: Number(parsed.port || 2375)};
	return new Promise(resolve => {
		const socket = connect(target);
		const end = (answer: boolean) => {
			socket.destroy();
			resolve(answer);
		};
		socket.setTimeout(3000, () => end(false));
		socket.once('connect', () => socket.write('GET /_ping HTTP/1.0\r\n\r\n'));
		socket.once('data', data => end(/^HTTP\/1\.\d 200/.test(data.toString())));
		socket.once('error', () => end(false));
		socket.once('close', () => end(false));
	});
}

export async function startContainer(): Promise<Container> {
	// Its 800 modules are for those who start one: most files of tests could, and hardly one does.
	const {RabbitMQContainer} = await import('@testcontainers/rabbitmq');
	const started = await new RabbitMQContainer(image).start();
	return {
		url: () => started.getAmqpUrl().replace('amqp://', 'amqp://guest:guest@'),
		restart: () => started.restart({timeout: 0}),
		evaluate: async code => (await started.exec(['rabbitmqctl', 'eval', code])).exitCode === 0,
		stop: async () => {
			await started.stop();
		},
	};
}
