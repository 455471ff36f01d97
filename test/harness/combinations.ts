// The pairs of a broker and a store on which Warren promises the same meaning. Without AVA, because the script
// that runs the suites on each of them is no test.

export const combinations = ['memory+sqlite', 'rabbit+sqlite', 'rabbit+postgres'] as const;
export type Combination = (typeof combinations)[number];
