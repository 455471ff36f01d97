/**
 * Who may call over HTTP: API keys, each with the scopes it was given.
 *
 * - A key is shown when it is made and never again; what is kept is its hash (`secret.ts`).
 * - The keys stand in a file, which several servers may read (`keyFile.ts`). What is added or revoked
 *   there is in force within 5 s, without a restart.
 * - A file that can't be read or is not right changes nothing: the keys that were read before stay in
 *   force, and the log and a metric say so. One that is gone has no keys.
 * - No key, and nothing that was sent in place of one, is ever logged or answered.
 */
export const scopes = {
	deploy: 'deploy and remove functions',
	submit: 'invoke functions and submit tasks',
	read: 'see functions, tasks, dead letters, results, logs, events, pools, workers, supervisors, nodes, what scales pools and why, the status and the metrics',
	operate:
		'cancel and redrive tasks, pause and resume functions and pools, scale pools, restart and drain workers, forget nodes, run the audit',
} as const;

/** What a key may be used for. None holds another. */
export type Scope = keyof typeof scopes;

/** What a route asks for: a scope, or nothing. */
export type Access = Scope | 'open';

export type Key = {
	readonly id: string;
	readonly name: string;
	readonly scopes: readonly Scope[];
	readonly hash: string;
	/** Like `100/s`; none: as many as it likes. */
	readonly rate?: string;
	/** Counts a request; gives the ms after which to come again if it is one too many, else 0. */
	take(): number;
};

export type Keys = {
	readonly size: number;
	/** The key that was sent, if there is such a one now. */
	find(sent: string): Key | undefined;
	/** Whether a key that was found earlier is still there and has this scope. */
	holds(key: Key, scope: Scope): boolean;
	/** Looks for changes from now on, until the returned function is called; `changed` hears of each. */
	follow(changed: () => void): () => void;
};
