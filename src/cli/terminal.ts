// What a command sees of the world: its streams, environment and folder, handed in so that a test
// can look on.
import type {Clock} from '#lib/clock.ts';

export type Terminal = {
	/** Results. A line break is added. */
	print(text: string): void;
	/** Everything that is not a result. A line break is added. */
	say(text: string): void;
	/** Writes over the line that was sketched before; only on a terminal. */
	sketch(text: string): void;
	/** All of standard input. */
	read(): Promise<Buffer>;
	/** Somebody looks on while it runs. */
	readonly watched: boolean;
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly cwd: string;
	readonly clock: Clock;
	/** How many characters stand in a line of standard output; none where it is no terminal. */
	readonly columns: number | undefined;
	/** What is typed to start this program, for hints. */
	readonly me: string;
};

/** The terminal of this process. */
export function processTerminal(clock: Clock): Terminal {
	const {stdin, stdout, stderr, env} = process;
	const watched = stderr.isTTY;
	// A reader that went away (`warren tasks | head`, a closed terminal) is no error of ours.
	for (const stream of [stdout, stderr]) stream.on('error', () => {});
	return {
		print: text => void stdout.write(`${text}\n`),
		say: text => void stderr.write(`${text}\n`),
		sketch(text) {
			if (watched) stderr.write(`\r\u001b[2K${text}`);
		},
		async read() {
			const chunks: Buffer[] = [];
			for await (const chunk of stdin) chunks.push(chunk as Buffer);
			return Buffer.concat(chunks);
		},
		watched,
		env,
		cwd: process.cwd(),
		clock,
		columns: stdout.isTTY ? stdout.columns : undefined,
		// A clone has no `warren` on the path.
		me: env.npm_lifecycle_event === 'warren' ? 'npm run -s warren --' : 'warren',
	};
}
