/** Priorities, the most urgent first. */
export const classes = ['high', 'normal', 'low'] as const;
export type Class = (typeof classes)[number];

/** Turns of each class, where all of them wait. */
export const weights = {high: 16, normal: 4, low: 1} as const satisfies Record<Class, number>;

/** Where a task waits for a worker: each class of each pool has a queue, and room in the broker, of its own. */
export type Lane = {readonly pool: string; readonly class: Class};

export const defaultPool = 'default';
export const defaultClass: Class = 'normal';

/** Pool names hold no space, so two lanes never have one name. */
export const laneName = (lane: Lane): string => `${lane.pool} ${lane.class}`;
