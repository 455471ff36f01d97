import {type ChannelModel, connect} from 'amqplib';
import {classes} from '#actors/lane.ts';
import {type Names, names} from '#transport/topology.ts';

/** Leaves nothing of an installation on a broker that other tests use too. */
export async function sweep(broker: {url: string; prefix: string}, home = 'n1', pool = 'default') {
	const connection = await connect(broker.url);
	await sweepBy(connection, names(broker.prefix), home, pool);
	await connection.close();
}

/** The same, over a connection that is there. */
export async function sweepBy(connection: ChannelModel, n: Names, home = 'n1', pool = 'default') {
	const channel = await connection.createChannel();
	const work = classes.map(priority => n.work(pool, priority));
	const queues = [n.intake, n.refused, n.returned, n.outcomes, n.functions, n.dead, n.node(home)];
	for (const queue of [...queues, ...work]) await channel.deleteQueue(queue);
	for (const exchange of [n.tasks, n.events, n.control, n.dlx]) await channel.deleteExchange(exchange);
}
