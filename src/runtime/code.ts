// The function actor's answers to workers: code by digest, in parts, and the tombstones of attempts
// that must not start (R24). Answers are lossy: a worker that gets none asks again.
import {fail} from '#actors/failure.ts';
import type {Build} from '#contract/build.ts';
import {checkAsk, codePartBytes, type News, type Order} from '#contract/control.ts';
import {encodeFrame} from '#lib/frame.ts';
import {readJson} from '#lib/json.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Store} from '#store/store.ts';
import type {Delivery, Verdict} from '#transport/transport.ts';
import type {Park} from './parking.ts';
import type {Tombs} from './tombs.ts';

type Parts = {
	readonly store: Store;
	readonly tombs: Tombs;
	readonly order: (worker: string, order: Order, part?: Buffer) => void;
	readonly park: Park;
	readonly home: string;
	readonly news: (news: News) => void;
};

export function createCodeDesk(
	{log}: Ambient,
	{store, tombs, order, park, home, news}: Parts,
): (delivery: Delivery) => Promise<Verdict> {
	const code = async (ask: string, worker: string, digest: string): Promise<void> => {
		const version = await store.version(digest);
		if (!version) {
			order(worker, {type: 'unknown', ask});
			return;
		}
		const {function: fn, runtime, handler, policy, env, map} = version;
		const build: Omit<Build, 'code' | 'map'> = {
			digest,
			function: fn,
			runtime,
			handler,
			policy,
			env: {...env},
		};
		const frame = encodeFrame(build, [version.code, map ?? undefined]);
		const parts = Math.ceil(frame.length / codePartBytes);
		for (let part = 0; part < parts; part++) {
			const bytes = frame.subarray(part * codePartBytes, (part + 1) * codePartBytes);
			order(worker, {type: 'code', ask, part, parts}, bytes);
		}
	};
	return async delivery => {
		const checked = checkAsk(readJson(delivery.body));
		if (!checked.ok) {
			log.warn({why: checked.why}, 'a question was not understood; it is parked');
			await park(delivery, fail('INVALID_INPUT', checked.why));
			return 'ack';
		}
		const asked = checked.value;
		if (asked.type === 'stops') {
			order(asked.worker, {type: 'stop', stops: tombs.all()});
			if (store.shared) news({about: 'stops', from: home, worker: asked.worker});
		} else await code(asked.ask, asked.worker, asked.digest);
		return 'ack';
	};
}
