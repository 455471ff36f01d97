/** How many workers a pool should have; said at `at`, in ms since the epoch. */
export type Scale = {readonly pool: string; readonly workers: number; readonly at: number};
