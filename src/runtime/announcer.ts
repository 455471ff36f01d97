// `warren.events`: anyone may bind, most of the time nobody does, and four messages a task would then
// cost more than the task. So a key is tried first: when the broker says that nobody is bound for it,
// it is silent for a second. A new binding hears at most a second late; an event whose key was not
// tried within the last second is never skipped. Events are told once, after their commit, and are
// lost with the node: who must not miss one asks the store.
import type {Happening} from '#contract/status.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Transport} from '#transport/transport.ts';
import {tellerHeader} from './echo.ts';

export type Announcer = {
	announce(happening: Happening): void;
	/** False: an event under this key would be skipped now. */
	isHeard(key: string): boolean;
};

/** `asking`: the first one is on its way; what comes meanwhile waits for its answer. */
type Key = {state: 'asking' | 'heard' | 'silent'; until: number; waiting: Happening[]};

const silenceMs = 1000;
const mostWaiting = 10_000;

/**
 * @param exchange the topic exchange to tell; undefined: events are off
 * @param home who tells
 */
export function createAnnouncer(
	{clock, metrics, log}: Ambient,
	transport: Transport,
	exchange: string | undefined,
	home: string,
): Announcer {
	const keys = new Map<string, Key>();
	const headers = {[tellerHeader]: home};
	const isHeard = (name: string) => {
		const key = keys.get(name);
		return exchange !== undefined && (key?.state !== 'silent' || key.until <= clock.now());
	};
	const publish = (name: string, key: Key, happening: Happening) => {
		const body = Buffer.from(JSON.stringify(happening));
		const properties = {type: name, contentType: 'application/json', messageId: happening.id, headers};
		metrics.published.inc({kind: 'event'});
		transport.publish({exchange: exchange ?? '', key: name, body, properties}).then(
			published => answered(name, key, published === 'taken'),
			error => {
				log.debug({err: error, key: name}, 'an event was lost');
				answered(name, key, false);
			},
		);
	};
	const answered = (name: string, key: Key, taken: boolean) => {
		key.state = taken ? 'heard' : 'silent';
		key.until = clock.now() + silenceMs;
		const {waiting} = key;
		key.waiting = [];
		if (taken) for (const happening of waiting) publish(name, key, happening);
	};
	return {
		isHeard,
		announce(happening) {
			const name = `${happening.actor}.${happening.group}.${happening.state}`;
			if (!isHeard(name)) return;
			const key = keys.get(name) ?? {state: 'silent', until: 0, waiting: []};
			keys.set(name, key);
			if (key.state === 'asking') {
				if (key.waiting.length < mostWaiting) key.waiting.push(happening);
				return;
			}
			if (key.state === 'silent') key.state = 'asking';
			publish(name, key, happening);
		},
	};
}
