// How much memory an executor process may have, MiB: what the settings, the options of an embedded node and the
// executors themselves must agree on.

/** What one needs before it runs anything, with room for one small function. */
const emptyMb = 192;

/** What a node does unless told otherwise. */
export const defaultExecutorBounds = {memoryBudgetMb: 512, hardRssMb: 1024};

/** Less than this, and warm sandboxes alone would fill it, and whoever runs then would be charged for it. */
export const leastRssMb = (memoryBudgetMb: number): number => memoryBudgetMb + emptyMb;
