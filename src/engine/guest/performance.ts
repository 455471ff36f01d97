import {define} from './global.ts';
import {freeze, max, now} from './primordials.ts';

/** performance.now and timeOrigin, in whole milliseconds: a sandbox gets no finer clock. */
export function installPerformance(): void {
	const origin = now();
	let last = 0;
	const elapsed = () => {
		last = max(last, now() - origin);
		return last;
	};
	define('performance', freeze({timeOrigin: origin, now: elapsed, toJSON: () => ({timeOrigin: origin})}));
}
