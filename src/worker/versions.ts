// Code by digest: asked of any server over the broker, so that a worker needs no store and no address
// but the broker's. It comes in parts; what was put together is checked against its name.
import {type Failure, fail} from '#actors/failure.ts';
import {type Build, checkBuild, digestOf} from '#contract/build.ts';
import type {Ask, Order} from '#contract/control.ts';
import {messageTypes} from '#contract/work.ts';
import {decodeFrame} from '#lib/frame.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Names} from '#transport/topology.ts';
import type {Transport} from '#transport/transport.ts';

export type Versions = {
	/** A failure says why it can't be had. Undefined: the worker drains, and nobody has answered yet. */
	get(digest: string): Promise<Build | Failure | undefined>;
	/** A part of an answer. */
	take(order: Extract<Order, {type: 'code' | 'unknown'}>, part: Buffer | undefined): void;
	close(): void;
};

type Parts = {readonly worker: string; readonly transport: Transport; readonly names: Names};
type Question = {
	readonly parts: (Buffer | undefined)[];
	readonly tell: (frame: Buffer | 'unknown' | 'silence') => void;
};

const patienceMs = 3000;
/** The least recently used are asked for again. */
const mostBuilds = 1000;

export function createVersions({clock, log, metrics}: Ambient, {worker, transport, names}: Parts): Versions {
	const builds = new Map<string, Promise<Build | Failure | undefined>>();
	const questions = new Map<string, Question>();
	let counter = 0;
	let closed = false;

	const once = (digest: string) =>
		new Promise<Buffer | 'unknown' | 'silence'>(resolve => {
			const ask: Ask = {type: 'code', ask: `${worker}.${++counter}`, worker, digest};
			const callOff = clock.after(patienceMs, () => questions.get(ask.ask)?.tell('silence'));
			const tell = (answer: Buffer | 'unknown' | 'silence') => {
				callOff();
				questions.delete(ask.ask);
				resolve(answer);
			};
			questions.set(ask.ask, {parts: [], tell});
			const body = Buffer.from(JSON.stringify(ask));
			metrics.published.inc({kind: 'ask'});
			transport
				.publish({exchange: '', key: names.functions, body, properties: {type: messageTypes.ask}})
				.catch(error => log.debug({err: error}, 'code could not be asked for'));
		});
	const buildOf = (frame: Buffer, digest: string): Build | Failure => {
		try {
			return readBuild(frame, digest);
		} catch (error) {
			log.error({err: error, digest}, 'a server has answered with something else than the code');
			return fail('INTERNAL', error instanceof Error ? error.message : String(error));
		}
	};
	const fetch = async (digest: string): Promise<Build | Failure | undefined> => {
		while (!closed) {
			const answer = await once(digest);
			if (answer === 'unknown') return fail('FUNCTION_NOT_FOUND', `No server has version ${digest}`);
			if (answer === 'silence' && !closed)
				log.warn({digest}, 'no server has answered with the code; asking again');
			if (answer !== 'silence') return buildOf(answer, digest);
		}
		return undefined;
	};
	return {
		get(digest) {
			const known = builds.get(digest) ?? fetch(digest);
			builds.delete(digest);
			builds.set(digest, known);
			if (builds.size > mostBuilds) builds.delete(builds.keys().next().value as string);
			void known.then(build => (build && isBuild(build)) || builds.delete(digest));
			return known;
		},
		take(order, part) {
			const question = questions.get(order.ask);
			if (!question) return;
			if (order.type === 'unknown') {
				question.tell('unknown');
				return;
			}
			question.parts[order.part] = part;
			const have = question.parts.filter(one => one !== undefined);
			if (have.length === order.parts) question.tell(Buffer.concat(have));
		},
		close() {
			closed = true;
			for (const {tell} of questions.values()) tell('silence');
		},
	};
}

export const isBuild = (what: Build | Failure): what is Build => 'digest' in what;

/** @throws TypeError when what came is not the version that was asked for */
function readBuild(frame: Buffer, digest: string): Build {
	const {head, bodies} = decodeFrame<unknown>(frame);
	const checked = checkBuild(head);
	if (!checked.ok) throw new TypeError(`The code of ${digest} is not readable: ${checked.why}`);
	const build: Build = {...checked.value, code: bodies[0] ?? Buffer.alloc(0), map: bodies[1] ?? null};
	// A version that was stored by 0.1.0 still runs under the name it has.
	if (digestOf(build) !== digest && digestOf(build, null) !== digest)
		throw new TypeError(`The code that came is not ${digest}`);
	return build;
}
