// How far the queues have come out, and by when. Work is given out in the order in which the broker took
// it, and what comes back goes in front; so whatever was put before something that a worker had some
// time ago came out before that, and who has it has had the time to say so.
import {type Lane, LaneMap} from '#actors/lane.ts';

export type Progress = {
	/** A worker has, or had, the attempt that the broker took as the `order`th. */
	note(lane: Lane, order: number, now: number): void;
	/**
	 * The last one of which that was known at that time; 0: the queue was empty before anything was put there;
	 * undefined: of none.
	 */
	by(lane: Lane, time: number): number | undefined;
};

/** By `at` the queue was out up to `order`. */
type Mark = {readonly since: number; at: number; order: number};

/** What is noted within so many ms is one mark, of its end. */
const bucketMs = 200;
/** Half a minute of them: more than anybody asks back for. */
const mostMarks = 150;

export function createProgress(): Progress {
	const lanes = new LaneMap<Mark[]>();
	return {
		note(lane, order, now) {
			const marks = lanes.get(lane) ?? [];
			if (marks.length === 0) lanes.set(lane, marks);
			const last = marks.at(-1);
			if (last && last.order >= order) return;
			if (last && now - last.since < bucketMs) Object.assign(last, {at: now, order});
			else marks.push({since: now, at: now, order});
			if (marks.length > mostMarks) marks.shift();
		},
		by: (lane, time) => lanes.get(lane)?.findLast(({at}) => at <= time)?.order,
	};
}
