// Which RabbitMQ the tests of a run use. It is never silently none: a run without a broker fails.

import {engineAnswers, startContainer} from './containers.ts';
import {canInstall, install} from './install.ts';
import {findServer, startPrivateNode} from './privateNode.ts';

export type BrokerKind = 'url' | 'node' | 'container';

export type Broker = {
	readonly kind: BrokerKind;
	readonly url: string;
	/** One line for people. */
	readonly says: string;
	stop(): Promise<void>;
};

const none =
	'No RabbitMQ for the tests: set WARREN_TEST_AMQP_URL, or install rabbitmq-server, or start a Docker engine, ' +
	'or run as root on Debian or Ubuntu, where it is installed with apt-get.';

/** Takes the first that is there. @throws Error when there is none */
export async function openBroker(env: NodeJS.ProcessEnv = process.env): Promise<Broker> {
	const kind = await kindOf(env);
	if (kind === 'url') {
		const url = env.WARREN_TEST_AMQP_URL ?? '';
		return {kind, url, says: 'the broker of WARREN_TEST_AMQP_URL', stop: async () => {}};
	}
	if (kind === 'container') {
		const container = await startContainer();
		return {kind, url: container.url(), says: 'RabbitMQ in a container', stop: () => container.stop()};
	}
	const server = findServer();
	if (!server) throw new Error(none);
	const node = await startPrivateNode(server);
	return {kind, url: node.url, says: `a private node of ${server}`, stop: () => node.stop()};
}

/** Which one it would be. @throws Error when there is none */
export async function kindOf(env: NodeJS.ProcessEnv = process.env): Promise<BrokerKind> {
	if (env.WARREN_TEST_BROKER === 'containers') return 'container';
	if (env.WARREN_TEST_BROKER) {
		throw new Error(
			`Expected WARREN_TEST_BROKER to be \`containers\` or not set, got \`${env.WARREN_TEST_BROKER}\``,
		);
	}
	if (env.WARREN_TEST_AMQP_URL) return 'url';
	if (findServer()) return 'node';
	if (await engineAnswers()) return 'container';
	if (!canInstall()) throw new Error(none);
	install(['rabbitmq-server']);
	return 'node';
}
