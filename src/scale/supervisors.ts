import type {SupervisorBeat, SupervisorView} from '#contract/supervisor.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Hearing} from '#runtime/hearing.ts';

/** The pool supervisors that this server hears of. */
export type Supervisors = {
	/** Says whether it was heard for the first time, or again after it was lost. */
	hear(beat: SupervisorBeat): {readonly isNew: boolean};
	list(): SupervisorView[];
	/**
	 * How many workers each was told to keep: its heartbeat may not say it yet, and what was split must not be split
	 * anew for that. Forgotten with it, and when it is heard anew.
	 */
	tell(supervisor: string, workers: number): void;
	told(supervisor: string): number | undefined;
	/** Those of a pool that keep workers: heard just now, and not stopping. */
	keepers(pool: string): SupervisorView[];
	/** Makes sure that whoever is late has said nothing; to be called now and then, or nobody is ever lost. */
	look(): void;
};

type Heard = {readonly beat: SupervisorBeat; readonly at: number; told: number | undefined};

/** So many missing beats are a verdict, as with workers. */
const lostAfter = 3;
/** One that is silent for so long is no longer shown. */
const forgetMs = 60_000;

export function createSupervisors(
	{clock, log}: Pick<Ambient, 'clock' | 'log'>,
	hearing: Hearing,
): Supervisors {
	const heard = new Map<string, Heard>();
	const isLost = ({beat, at}: Heard) => hearing.silence(at) >= lostAfter * beat.everyMs;
	const view = (one: Heard): SupervisorView => {
		const {supervisor: id, everyMs: _, at: __, state, ...rest} = one.beat;
		const running = rest.workers.filter(worker => worker.state === 'ready').length;
		const said = state === 'running' ? state : 'stopping';
		return {id, ...rest, state: isLost(one) ? 'lost' : said, running, lastBeat: one.at};
	};
	const forget = () => {
		for (const [id, {at}] of heard) if (hearing.silence(at) > forgetMs) heard.delete(id);
	};
	const list = () => {
		forget();
		return [...heard.values()].map(view).sort((a, b) => (a.id < b.id ? -1 : 1));
	};
	return {
		hear(beat) {
			const before = heard.get(beat.supervisor);
			const isNew = before === undefined || isLost(before);
			if (beat.state === 'stopped') {
				heard.delete(beat.supervisor);
				return {isNew: false};
			}
			heard.set(beat.supervisor, {beat, at: clock.now(), told: isNew ? undefined : before.told});
			if (isNew) log.info({supervisor: beat.supervisor, pool: beat.pool}, 'a supervisor is heard of');
			return {isNew};
		},
		list,
		tell(supervisor, workers) {
			const one = heard.get(supervisor);
			if (one) one.told = workers;
		},
		told: supervisor => heard.get(supervisor)?.told,
		keepers: pool => list().filter(one => one.pool === pool && one.state === 'running'),
		look() {
			const now = clock.now();
			if ([...heard.values()].some(({beat, at}) => now - at >= beat.everyMs)) hearing.sure(() => {});
		},
	};
}
