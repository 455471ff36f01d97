/** Patterns over names of queues and exchanges, as RabbitMQ takes them. */
export type Permissions = {readonly configure: string; readonly write: string; readonly read: string};

type Rule = (prefix: string) => {
	readonly configure: readonly string[];
	readonly write: readonly string[];
	readonly read: readonly string[];
};

// Declaring needs `configure`, also where the thing is there already with the same shape. Binding needs
// `write` on the queue and `read` on the exchange. A queue with a dead-letter exchange needs `read` on the
// queue and `write` on that exchange. Publishing to a queue goes through `amq.default`.
const met = (p: string) => [
	`${p}\\.(tasks|events|control|dlx)`,
	`${p}\\.(work\\..*|returned|outcomes|functions)`,
	`${p}\\.(control|worker)\\..*`,
];

/** What each role does on the broker. */
export const roles = {
	/** Submits tasks, cancels them, and hears their answers on queues that the broker names. */
	producer: p => ({
		configure: ['amq\\.gen-.*'],
		write: [`${p}\\.tasks`, 'amq\\.gen-.*'],
		read: ['amq\\.gen-.*'],
	}),
	worker: p => ({
		configure: met(p),
		write: ['amq\\.default', `${p}\\.(control|dlx)`, `${p}\\.(control\\..*|returned|work\\..*)`],
		read: [`${p}\\.(control|dlx)`, `${p}\\.(work|worker|control)\\..*`],
	}),
	server: p => ({
		configure: [`${p}\\..*`],
		// Replies go to queues that the producers chose.
		write: ['amq\\.default', `${p}\\..*`],
		read: [`${p}\\..*`],
	}),
	/** Hears what happens, on queues that the broker names. */
	listener: p => ({
		configure: ['amq\\.gen-.*'],
		write: ['amq\\.gen-.*'],
		read: [`${p}\\.events`, 'amq\\.gen-.*'],
	}),
} as const satisfies Record<string, Rule>;

export function permissionsOf(role: keyof typeof roles, prefix: string): Permissions {
	const {configure, write, read} = roles[role](prefix.replaceAll('.', '\\.'));
	const pattern = (names: readonly string[]) => `^(${names.join('|')})$`;
	return {configure: pattern(configure), write: pattern(write), read: pattern(read)};
}
