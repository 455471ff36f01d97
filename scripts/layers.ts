// Checks the house of docs/architecture.md: imports go down, never up, never sideways, no circles
// (type imports count), rooms are entered through `#room/`, files stay small. Fails if it read nothing.
import {readdirSync, readFileSync} from 'node:fs';
import {dirname, join, normalize} from 'node:path';

/** Rooms from the top to the bottom; those of one line are strangers to each other. */
const floors = [
	['main'],
	['options'],
	['index'],
	['warren'],
	['node'],
	['gateway', 'cli'],
	['client'],
	['api'],
	['dispatch', 'scale'],
	['runtime', 'worker', 'supervisor'],
	['transport', 'store', 'engine', 'keys'],
	['observe'],
	['contract'],
	['lib', 'version'],
];
/** What only some may use; and what a floor would allow but the design does not. */
const only: Record<string, readonly string[]> = {config: ['main', 'options']};
const never: Record<string, readonly string[]> = {
	worker: ['store'],
	lib: ['actors'],
	client: ['api', 'dispatch', 'runtime', 'worker', 'transport', 'store', 'engine'],
	cli: ['api', 'dispatch', 'runtime', 'worker', 'transport', 'store', 'engine'],
	engine: ['transport'],
	actors: floors.flat(),
};
const mostLines = 250;
/** Packages that the law may use: no clock, no dice, no I/O. */
const lawful = ['xstate'];

type Source = {readonly file: string; readonly room: string; readonly text: string};
type Import = {readonly from: string; readonly target: string};

const complaints: string[] = [];
const sources = ['src', 'actors', 'config', 'test', 'scripts', 'bench'].flatMap(read);
const imports = sources.flatMap(importsOf);
if (sources.length === 0 || imports.length === 0)
	complaints.push('no files were read: run this in the repository');
for (const source of sources) checkSize(source);
for (const source of sources) if (isHouse(source.file)) checkDirection(source);
checkCircles();
for (const complaint of complaints) console.error(complaint);
console.log(`layers: ${sources.length} files, ${imports.length} imports, ${complaints.length} complaints`);
process.exit(complaints.length > 0 ? 1 : 0);

function read(folder: string): Source[] {
	return readdirSync(folder, {recursive: true, withFileTypes: true})
		.filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
		.map(entry => join(entry.parentPath, entry.name))
		.filter(file => !file.includes('fixtures') && !file.includes('node_modules'))
		.map(file => ({file, room: roomOf(file), text: readFileSync(file, 'utf8')}));
}

function isHouse(file: string): boolean {
	return file.startsWith('src/') || file.startsWith('actors/') || file.startsWith('config/');
}

function roomOf(file: string): string {
	const [top = '', second = ''] = file.split('/');
	return top === 'src' ? second.replace(/\.ts$/, '') : top;
}

function importsOf({file, text}: Source): Import[] {
	const found = [
		...text.matchAll(
			/(?:^|\n)\s*(?:import|export)\s[^;'"]*?from\s*'([^']+)'|import\(\s*'([^']+)'\s*\)|(?:^|\n)import\s*'([^']+)'/g,
		),
	];
	return found.map(match => ({from: file, target: match[1] ?? match[2] ?? match[3] ?? ''}));
}

function checkSize({file, text}: Source): void {
	const lines = text.split('\n').length - 1;
	if (lines > mostLines) complaints.push(`${file}: ${lines} lines, at most ${mostLines}: it is two files`);
}

function checkDirection({file, room}: Source): void {
	for (const {target} of imports.filter(one => one.from === file)) {
		if (target.startsWith('../')) complaints.push(`${file}: imports ${target}; say #room/file.ts`);
		if (room === 'actors' && !target.startsWith('.') && !lawful.includes(target)) {
			complaints.push(`${file}: the law imports ${target}; it may import xstate and itself`);
		}
		if (!target.startsWith('#')) continue;
		const other = target.slice(1).split('/')[0]?.replace(/\.ts$/, '') ?? '';
		if (other !== room && !mayEnter(room, other))
			complaints.push(`${file}: ${room} imports ${other} (${target})`);
		// A file in a folder of its room can't reach the room's front door with `./`.
		const inside = file.split('/').length === 3;
		if (other === room && room !== 'actors' && inside)
			complaints.push(`${file}: say ./ inside a room, not ${target}`);
	}
}

function mayEnter(room: string, other: string): boolean {
	if (never[room]?.includes(other)) return false;
	if (only[other]) return only[other].includes(room);
	if (other === 'actors') return true;
	if (room === 'config') return other === 'lib';
	return floorOf(other) > floorOf(room);
}

function floorOf(room: string): number {
	const floor = floors.findIndex(rooms => rooms.includes(room));
	if (floor < 0 && room !== 'config' && room !== 'actors') {
		complaints.push(`src/${room}: a room that scripts/layers.ts does not know`);
	}
	return floor < 0 ? floors.length : floor;
}

function resolve({from, target}: Import): string | undefined {
	if (target.startsWith('./')) return normalize(join(dirname(from), target));
	if (target.startsWith('#actors/') || target.startsWith('#config/')) return target.slice(1);
	return target.startsWith('#') ? join('src', target.slice(1)) : undefined;
}

function checkCircles(): void {
	const graph = new Map<string, string[]>();
	for (const one of imports) {
		const target = resolve(one);
		if (target) graph.set(one.from, [...(graph.get(one.from) ?? []), target]);
	}
	const done = new Set<string>();
	const walk = (file: string, path: readonly string[]): void => {
		if (path.includes(file)) {
			complaints.push(`a circle: ${[...path.slice(path.indexOf(file)), file].join(' → ')}`);
			return;
		}
		if (done.has(file)) return;
		for (const next of graph.get(file) ?? []) walk(next, [...path, file]);
		done.add(file);
	};
	for (const file of graph.keys()) walk(file, []);
}
