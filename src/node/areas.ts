// Which other areas a server may hand attempts to, and when.
import type {Class} from '#actors/lane.ts';
import {createSpill} from '#dispatch/spill.ts';
import type {Ambient} from '#observe/observe.ts';
import type {Dispatch, Office} from '#runtime/runtime.ts';
import type {Store} from '#store/store.ts';
import type {Names} from '#transport/topology.ts';
import type {Transport} from '#transport/transport.ts';
import {type AreaOptions, openArea} from './area.ts';

export type SpillOptions = {
	/** What an attempt may wait here before it goes elsewhere, by class, ms. */
	readonly targetWait?: Readonly<Partial<Record<Class, number>>>;
	/** Attempts in one area at once. */
	readonly most?: number;
	/** How long an area may be silent, or leave an attempt waiting, before it runs here, ms. */
	readonly patienceMs?: number;
};

export type AreasOptions = {
	/** What this area is called in others. Unless given the home's name, or `area` where several share its store. */
	readonly area?: string;
	readonly areas?: Readonly<Record<string, AreaOptions>>;
	readonly spill?: SpillOptions;
};

type Parts = {
	readonly here: Dispatch;
	readonly office: Office;
	readonly transport: Transport;
	readonly names: Names;
	readonly store: Store;
};

const usualTargets = {high: 500, normal: 2000, low: 30_000} as const;

/** `here` itself where no other area is named. */
export function spillOver(
	ambient: Ambient,
	{area, areas = {}, spill = {}}: AreasOptions,
	{store, office, ...parts}: Parts,
): Dispatch {
	const peers = Object.entries(areas).map(([name, options]) => openArea(name, options));
	if (peers.length === 0) return parts.here;
	return createSpill(ambient, {
		...parts,
		...{office, peers, own: area ?? nameOf(store, office), most: spill.most ?? 100},
		targets: {...usualTargets, ...spill.targetWait},
		patienceMs: spill.patienceMs ?? 30_000,
		async build(digest) {
			const found = await store.version(digest);
			if (!found) return undefined;
			const {number: _number, createdAt: _createdAt, ...build} = found;
			return build;
		},
	});
}

/** All servers of an area need one: who takes up what another one has handed over asks for the same task there. */
export const nameOf = ({shared}: Pick<Store, 'shared'>, {home}: Pick<Office, 'home'>): string =>
	shared ? 'area' : home;
