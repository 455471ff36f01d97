// Another host on this machine: a network namespace, joined to ours by cables that the test may pull. What is
// sent over a pulled cable is gone, and nobody is told, as between machines.
import {spawnSync} from 'node:child_process';
import {randomInt} from 'node:crypto';

export type Cable = {
	/** The addresses of its two ends. */
	readonly here: string;
	readonly there: string;
	pull(): void;
	plug(): void;
};

export type Host = {
	/** Goes before a command that is to run there. */
	readonly through: readonly string[];
	cable(): Cable;
	/** Everything that runs there must have ended. */
	close(): void;
};

/** Undefined: this platform makes none, or not for this user. */
export function openHost(): Host | undefined {
	// Names of interfaces have 15 characters at most.
	const name = `wt${randomInt(36 ** 6).toString(36)}`;
	if (spawnSync('ip', ['netns', 'add', name]).status !== 0) return undefined;
	// Two hosts at a time that get the same one of 60,000 networks would see each other.
	const network = `10.${randomInt(240, 250)}.${randomInt(250)}`;
	let cables = 0;
	ip('-n', name, 'link', 'set', 'lo', 'up');
	return {
		through: ['ip', 'netns', 'exec', name],
		cable() {
			const [ours, theirs] = [`${name}h${cables}`, `${name}t${cables}`];
			const [here, there] = [`${network}.${4 * cables + 1}`, `${network}.${4 * cables + 2}`];
			cables += 1;
			ip('link', 'add', ours, 'type', 'veth', 'peer', 'name', theirs, 'netns', name);
			ip('address', 'add', `${here}/30`, 'dev', ours);
			ip('-n', name, 'address', 'add', `${there}/30`, 'dev', theirs);
			ip('link', 'set', ours, 'up');
			const plug = () => ip('-n', name, 'link', 'set', theirs, 'up');
			plug();
			// At its end there: ours keeps its route, so what is sent is sent, and lost.
			return {here, there, plug, pull: () => ip('-n', name, 'link', 'set', theirs, 'down')};
		},
		close: () => ip('netns', 'delete', name),
	};
}

function ip(...args: readonly string[]): void {
	const {status, stderr} = spawnSync('ip', args, {encoding: 'utf8'});
	if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
}
