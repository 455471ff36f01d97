// What a server hears on `warren.control`: the heartbeats of workers, and the news of other servers.
import {checkHeartbeat, checkNews, type News} from '#contract/control.ts';
import {messageTypes} from '#contract/work.ts';
import {readJson} from '#lib/json.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Names} from '#transport/topology.ts';
import type {Delivery, Transport, Verdict} from '#transport/transport.ts';
import type {createOrders} from './orders.ts';
import type {Roster} from './roster.ts';
import type {Tombs} from './tombs.ts';

type Parts = {
	readonly home: string;
	readonly roster: Roster;
	readonly tombs: Tombs;
	readonly order: ReturnType<typeof createOrders>;
	readonly heard: (news: Exclude<News, {about: 'stops'}>) => void;
};

export function createEar({home, roster, tombs, order, heard}: Parts): (delivery: Delivery) => Verdict {
	return ({body, key}) => {
		const said = readJson(body);
		if (key === serversKey) {
			const checked = checkNews(said);
			if (!checked.ok || checked.value.from === home) return 'ack';
			if (checked.value.about === 'stops') order(checked.value.worker, {type: 'stop', stops: tombs.all()});
			else heard(checked.value);
			return 'ack';
		}
		const checked = checkHeartbeat(said);
		if (!checked.ok) return 'ack';
		roster.hear(checked.value);
		// Cancel is repeated until no heartbeat lists the attempt.
		const stops = checked.value.held.filter(({task, attempt}) => tombs.has(task, attempt));
		if (stops.length > 0) order(checked.value.worker, {type: 'stop', stops});
		return 'ack';
	};
}

const serversKey = 'server.all';

/** Tells the other servers. Lossy: they find out by themselves, only later. */
export function createNews({log, metrics}: Ambient, transport: Transport, names: Names) {
	return (news: News): void => {
		metrics.published.inc({kind: 'control'});
		const body = Buffer.from(JSON.stringify(news));
		const message = {
			exchange: names.control,
			key: serversKey,
			body,
			properties: {type: messageTypes.news, contentType: 'application/json'},
		};
		transport
			.publish(message, {confirm: false})
			.catch(error => log.debug({err: error, about: news.about}, 'other servers were not told'));
	};
}
