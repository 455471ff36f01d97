import {cpus, totalmem} from 'node:os';

/** What the numbers of a run were measured on. */
export type Machine = {
	readonly cpu: string;
	readonly cores: number;
	readonly memoryBytes: number;
	readonly node: string;
};

export function machine(): Machine {
	const [first] = cpus();
	return {cpu: first?.model ?? '', cores: cpus().length, memoryBytes: totalmem(), node: process.version};
}
