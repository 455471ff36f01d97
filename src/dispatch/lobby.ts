// What waits in a server's memory for room in the workers of a pool: by class, as often as its weight says,
// and in each class one kind after the other.
import {type Class, classes} from '#actors/lane.ts';
import type {Placed, Placement} from '#runtime/runtime.ts';
import {createFairLine} from '#worker/fairLine.ts';
import {createKindLine, type KindLine} from '#worker/kindLine.ts';

export type Waiting = {readonly placement: Placement; readonly placed: Placed};

export type Lobby = {
	put(waiting: Waiting): void;
	/** Offers list after list, of one class and version each, until nothing is left for which there is room. */
	empty(hasRoom: (priority: Class) => boolean, give: (list: readonly Waiting[]) => void): void;
	/** All of it. */
	clear(): Waiting[];
	readonly size: number;
};

/** @param capacity how many of a version may be one list */
export function createLobby(capacity: (version: string) => number): Lobby {
	const lines = new Map<Class, KindLine<Waiting>>(classes.map(priority => [priority, createKindLine()]));
	/** One for each class in which something waits. */
	const turns = createFairLine<Class>();
	const turned = new Set<Class>();
	// What may have been sent before is a kind of its own: it travels alone (R9).
	const kindOf = ({row, again}: Placement) => (again ? `${row.id} alone` : row.version);
	const most = (kind: string) => (kind.endsWith(' alone') ? 1 : capacity(kind));
	const turn = (priority: Class) => {
		if (turned.has(priority) || lines.get(priority)?.size === 0) return;
		turned.add(priority);
		turns.push(priority, priority);
	};
	const takeAll = (line: KindLine<Waiting>): Waiting[] => {
		const all: Waiting[] = [];
		for (let list = line.take(() => Infinity); list; list = line.take(() => Infinity)) all.push(...list);
		return all;
	};
	return {
		put(waiting) {
			const {class: priority} = waiting.placement.row;
			lines.get(priority)?.push(kindOf(waiting.placement), waiting);
			turn(priority);
		},
		empty(hasRoom, give) {
			const full: Class[] = [];
			for (let priority = turns.take(); priority; priority = turns.take()) {
				turned.delete(priority);
				const list = hasRoom(priority) ? lines.get(priority)?.take(most) : undefined;
				if (list) {
					give(list);
					turn(priority);
				} else full.push(priority);
			}
			for (const priority of full) turn(priority);
		},
		clear() {
			for (const priority of turns.clear()) turned.delete(priority);
			return [...lines.values()].flatMap(takeAll);
		},
		get size() {
			let size = 0;
			for (const line of lines.values()) size += line.size;
			return size;
		},
	};
}
