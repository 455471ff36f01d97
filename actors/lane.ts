/** Priorities, the most urgent first. */
export const classes = ['high', 'normal', 'low'] as const;
export type Class = (typeof classes)[number];

/** Where a task waits for a worker: each class of each pool has a queue, and room in the broker, of its own. */
export type Lane = {readonly pool: string; readonly class: Class};

export const defaultPool = 'default';
export const defaultClass: Class = 'normal';

/** Pool names hold no space, so two lanes never have one name. */
export const laneName = (lane: Lane): string => `${lane.pool} ${lane.class}`;
