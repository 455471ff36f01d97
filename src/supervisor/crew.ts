import type {SupervisorBeat} from '#contract/supervisor.ts';
import type {Ambient} from '#observe/observe.ts';
import {createBackoff, steadyMs} from './backoff.ts';
import type {Child, Launch} from './child.ts';
import {plan} from './plan.ts';
import {askMs, type Silence, usualStillAfter, watchSilence} from './silence.ts';

/** The worker processes of one supervisor: as many as wanted, whatever ends. */
export type Crew = {
	/** Keeps so many from now on. */
	want(workers: number): void;
	/** Replaces all that are there now, so many at once; the same id again changes nothing. */
	restart(id: string, mostAtOnce: number): void;
	/** What heartbeats say of it. */
	report(): Report;
	/** Drains all, starts none, and resolves when none is left. */
	stop(): Promise<void>;
};

export type Report = Pick<SupervisorBeat, 'workers' | 'restarts' | 'trouble' | 'restart'>;

type Parts = {
	readonly supervisor: string;
	readonly launch: Launch;
	readonly drainTimeoutMs: number;
	/** Something is no longer as it was. */
	readonly changed: () => void;
	/** So many questions in a row that a worker did not answer, once a second, and it is replaced; 30 unless said. */
	readonly stillAfter?: number;
};

type Member = {
	readonly child: Child;
	readonly silence: Silence;
	/** `starting`: it takes no work yet, or is late with its answers. */
	state: 'starting' | 'ready' | 'draining';
	old: boolean;
	worker: string | null;
	readyAt: number | undefined;
	/** It was killed because it stood still. */
	stoodStill: boolean;
	callOff: () => void;
};

/** Beyond its own drain timeout, before a worker that drains is taken for stuck. */
const graceMs = 15_000;

export function createCrew({clock, log}: Ambient, parts: Parts): Crew {
	const {supervisor, launch, drainTimeoutMs, changed, stillAfter = usualStillAfter} = parts;
	const stillMs = stillAfter * askMs;
	/** Oldest first. */
	const members = new Set<Member>();
	const backoff = createBackoff();
	const {promise: emptied, resolve: tellEmptied} = Promise.withResolvers<void>();
	let wanted = 0;
	let rolling: {readonly id: string; readonly mostAtOnce: number} | undefined;
	let restarts = 0;
	let last: {readonly why: string; readonly retryAt: number} | undefined;
	let stopping = false;
	let callOff = () => {};

	const start = (): void => {
		const member: Member = {
			...{state: 'starting', old: false, worker: null, readyAt: undefined, stoodStill: false, callOff() {}},
			child: launch(supervisor, {
				ready(worker) {
					Object.assign(member, {worker, readyAt: clock.now()});
					if (member.state !== 'starting') return;
					log.info({worker, process: member.child.pid}, 'a worker is ready');
					takesWork(member);
				},
				drains() {
					if (member.state === 'draining') return;
					log.info(about(member), 'a worker was told to drain');
					leave(member);
					act();
				},
				answers: () => member.silence.answered(),
				ended: (clean, why) => over(member, clean, why),
			}),
			silence: watchSilence(clock, {
				stillAfter,
				ask: () => member.child.ask(),
				late: () => doubt(member),
				back: () => trust(member),
				still: () => replace(member),
			}),
		};
		members.add(member);
	};
	const takesWork = (member: Member): void => {
		member.state = 'ready';
		member.callOff = clock.after(steadyMs, steady);
		act();
	};
	const about = ({worker, child: {pid}}: Member) => ({worker, process: pid});
	const doubt = (member: Member): void => {
		log.warn(about(member), 'a worker does not answer');
		if (member.state !== 'ready') return;
		member.callOff();
		member.state = 'starting';
		act();
	};
	const trust = (member: Member): void => {
		log.info(about(member), 'a worker answers again');
		if (member.state === 'starting' && member.worker !== null) takesWork(member);
	};
	const replace = (member: Member): void => {
		log.error({...about(member), stillMs}, 'a worker stands still; it is killed');
		member.stoodStill = true;
		member.child.kill();
	};
	const over = (member: Member, clean: boolean, how: string): void => {
		members.delete(member);
		member.callOff();
		member.silence.end();
		const {readyAt, stoodStill} = member;
		if (member.state === 'draining') log.info(about(member), 'a worker has drained');
		else {
			const why = stoodStill ? `stood still for ${stillMs / 1000} s, and was killed` : how;
			const servedUntil = clock.now() - (stoodStill ? stillMs : 0);
			backoff.ended({clean, servedMs: readyAt === undefined ? undefined : servedUntil - readyAt});
			restarts += 1;
			last = {why, retryAt: clock.now() + backoff.delayMs};
			const {failures, delayMs} = backoff;
			const end = {...about(member), why, failures, delayMs};
			if (clean) log.info(end, 'a worker was drained; another is started');
			else log.warn(end, 'a worker ended; another is started');
		}
		act();
	};
	const steady = (): void => {
		backoff.steady();
		act();
	};
	/** Told by somebody else it may take as long as what it runs. */
	const leave = (member: Member): void => {
		member.callOff();
		member.state = 'draining';
	};
	const drain = (member: Member): void => {
		leave(member);
		// It hears nothing more; from now on its time to drain is the bound.
		member.silence.end();
		member.child.drain();
		member.callOff = clock.after(drainTimeoutMs + graceMs, () => {
			log.error(about(member), 'a worker did not end in time; it is killed');
			member.child.kill();
		});
	};
	/** After failures one at a time: the others would only fail beside it. */
	const mayStart = (count: number): number => {
		if (backoff.failures === 0 || count === 0) return count;
		const waitMs = (last?.retryAt ?? 0) - clock.now();
		if (waitMs > 0) callOff = clock.after(waitMs, act);
		const starts = [...members].some(({state}) => state === 'starting');
		return waitMs > 0 || starts ? 0 : 1;
	};
	const act = (): void => {
		callOff();
		const next = plan([...members], stopping ? 0 : wanted, rolling?.mostAtOnce ?? 1);
		for (const member of next.drain) drain(member);
		for (let left = mayStart(next.start); left > 0; left--) start();
		if (stopping && members.size === 0) tellEmptied();
		changed();
	};
	return {
		want(workers) {
			wanted = workers;
			act();
		},
		restart(id, mostAtOnce) {
			if (rolling?.id === id) return;
			rolling = {id, mostAtOnce};
			for (const member of members) member.old = true;
			act();
		},
		report() {
			const list = [...members];
			const left = list.filter(({old}) => old).length;
			const isShort = list.filter(({state}) => state === 'ready').length < wanted;
			const {failures} = backoff;
			return {
				workers: list.map(({child: {pid}, worker, state}) => ({pid, worker, state})),
				restarts,
				trouble: last && failures > 0 && (isShort || left > 0) ? {...last, failures} : null,
				restart: rolling ? {id: rolling.id, left} : null,
			};
		},
		stop() {
			stopping = true;
			act();
			return emptied;
		},
	};
}
