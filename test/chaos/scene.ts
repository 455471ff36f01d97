import type {Cluster} from './cluster.ts';
import type {Dice} from './dice.ts';

/** Where a fault happens. */
export type Scene = {
	readonly cluster: Cluster;
	readonly dice: Dice;
	/** Lets the fault last for a time between the two, ms. */
	readonly hold: (least: number, most: number) => Promise<void>;
};

export type Hit = {
	/** What was hit, in words. */
	readonly what: string;
	/** Why the cluster was none the worse for it, in words; undefined: it was. */
	readonly missed?: string | undefined;
};

/** @throws Error when a node answers otherwise than it must */
export type Fault = (scene: Scene) => Promise<Hit>;
