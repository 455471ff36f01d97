// Loaded into the process of every test file. AVA waits for it to end by itself, and where some test of the run has
// set a timeout of its own it may wait for ever: one failed test that left a connection open would hang the
// whole run, and nobody would read why it had failed.
import {registerCompletionHandler} from 'ava';

/** A wait that nobody needed any more is over by then (arrivals.ts), and what a test has closed is gone. */
const graceMs = 60_000;

registerCompletionHandler(() => {
	const end = () => {
		console.error(
			`still open ${graceMs / 1000} s after the last test: ${process.getActiveResourcesInfo().join()}`,
		);
		process.exit(1);
	};
	setTimeout(end, graceMs).unref();
});
