// What code that broke out of its sandbox would try. It runs as a plain script (see `intrude`), so it
// may use nothing but Node.
import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import type {Walls} from '#worker/executorWalls.ts';

/** What there is to be had; the test makes it, and knows that it is there. */
export type Loot = {
	/** A port at 127.0.0.1 and an abstract socket, on which the test listens. */
	readonly port: number;
	readonly socket: string;
	/** A file that all may read, one that only its owner may read, a folder in which all may write. */
	readonly open: string;
	readonly own: string;
	readonly folder: string;
	/** The process whose environment and life are wanted. */
	readonly worker: number;
	/** A file of Warren's own. */
	readonly source: string;
};

export const attempts = [
	'connect',
	'connectLocally',
	'readOpen',
	'readOwn',
	'readEnvironment',
	'write',
	'writeSource',
	'writeRoot',
	'run',
	'signal',
	'changeGroups',
	'unshare',
] as const;

export type Attempt = (typeof attempts)[number];
/** `done`, or the code or message of the error. */
export type Haul = Readonly<Record<Attempt, string>>;

const script = `
const fs = require('node:fs'), net = require('node:net'), {spawnSync} = require('node:child_process');
const loot = JSON.parse(process.argv[1]);
const haul = {};
const attempt = (name, act) => {
	try { act(); haul[name] = 'done'; } catch (error) { haul[name] = error.code || error.message; }
};
const ran = (file, ...args) => {
	const {error, status, stderr} = spawnSync(file, args, {encoding: 'utf8'});
	if (error || status !== 0) throw error || new Error(stderr.trim());
};
const reach = (name, where) => new Promise(resolve => {
	try {
		const line = net.connect(where);
		line.on('connect', () => { haul[name] = 'done'; line.destroy(); resolve(); });
		line.on('error', error => { haul[name] = error.code; resolve(); });
	} catch (error) { haul[name] = error.code; resolve(); }
});
attempt('readOpen', () => fs.readFileSync(loot.open));
attempt('readOwn', () => fs.readFileSync(loot.own));
attempt('readEnvironment', () => fs.readFileSync('/proc/' + loot.worker + '/environ'));
attempt('write', () => fs.closeSync(fs.openSync(loot.folder + '/left', 'w')));
attempt('writeSource', () => fs.closeSync(fs.openSync(loot.source, 'r+')));
attempt('writeRoot', () => { fs.closeSync(fs.openSync('/left-by-test', 'w')); fs.unlinkSync('/left-by-test'); });
attempt('run', () => ran('/bin/sh', '-c', 'true'));
attempt('signal', () => process.kill(loot.worker, 0));
attempt('changeGroups', () => process.setgroups([]));
attempt('unshare', () => ran('/usr/bin/unshare', '--user', 'true'));
Promise.all([
	reach('connect', {port: loot.port, host: '127.0.0.1'}),
	reach('connectLocally', {path: loot.socket}),
]).then(() => console.log(JSON.stringify(haul)));
`;

/** Tries all of it in a process behind these walls. */
export async function intrude(
	{command}: Pick<Walls, 'command'>,
	loot: Loot,
	flags: readonly string[] = [],
): Promise<Haul> {
	const [file = '', ...args] = command([process.execPath, ...flags, '-e', script, JSON.stringify(loot)]);
	const {stdout} = await promisify(execFile)(file, args, {env: {}, cwd: '/'});
	return JSON.parse(stdout) as Haul;
}
