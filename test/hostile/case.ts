// A hostile function is one file: cases/<family>/<name>.js. What it does stands in the comment it opens
// with, and below that what must become of it, one `key: value` a line:
//
// ends: TIMEOUT             a failure code or `ok`; `A or B` where the machine decides which limit is met
//                           first; `ok, TIMEOUT` for a call each; one alone is for every call
// inputs: ["a", "b"]        a call for each, one after the other (one call with null unless said)
// together: 4               the last so many calls are submitted at once, and travel as one list
// says: not found         what stands in the message of each failure
// results: ["a", null]      what the calls that end well return
// policy: {"wallMs": 200}   its limits, where they are not those of `calm`
// at: deploy                it is the deployment that ends so
// executor: replaced        its executor is given up for it; `any`: or not, as it happens (the same one serves
//                           on unless said)
// hardRssMb: 1024           what its executor may have before it is killed, where it fights in a node of its own
// repeat: {"DEEP": ["(", 9]} what ~DEEP~ in its code stands for: a text, so many times
// everywhere: yes           one for each thread that an executor can have, and some more; afterwards
//                           executors must rest
import {readdirSync, readFileSync} from 'node:fs';
import {availableParallelism} from 'node:os';
import {fileURLToPath} from 'node:url';
import type {FailureCode} from '#actors/failure.ts';
import {defaultPolicy, type Policy} from '#actors/policy.ts';

export type Ending = FailureCode | 'ok';

export type Case = {
	readonly family: string;
	readonly name: string;
	readonly does: string;
	readonly code: string;
	/** How many functions of it there are. */
	readonly copies: number;
	readonly inputs: readonly unknown[];
	readonly together: number;
	/** For each input, the ends that are right. */
	readonly ends: readonly (readonly Ending[])[];
	readonly results: readonly unknown[] | undefined;
	readonly says: string;
	readonly policy: Policy;
	readonly atDeploy: boolean;
	readonly executor: 'same' | 'replaced' | 'any';
	/** Absent: it fights in the node that the others have. */
	readonly hardRssMb: number | undefined;
};

/** Limits that nobody meets by accident on a busy machine. */
const calm = {...defaultPolicy, wallMs: 30_000, cpuMs: 30_000, memoryMb: 32};
const folder = fileURLToPath(new URL('cases/', import.meta.url));
const keys = [
	'ends',
	'inputs',
	'together',
	'results',
	'says',
	'policy',
	'at',
	'executor',
	'hardRssMb',
	'repeat',
	'everywhere',
];

export function families(): string[] {
	return readdirSync(folder).sort();
}

export function casesOf(family: string): Case[] {
	const names = readdirSync(`${folder}${family}`).sort();
	return names.map(file => read(family, file.replace(/\.js$/, '')));
}

/** @param id `<family>/<name>` */
export function caseOf(id: string): Case {
	const [family = '', name = ''] = id.split('/');
	return read(family, name);
}

function read(family: string, name: string): Case {
	const code = readFileSync(`${folder}${family}/${name}.js`, 'utf8');
	const does: string[] = [];
	const said = new Map<string, string>();
	for (const line of code.split('\n')) {
		if (!line.startsWith('// ')) break;
		const [, key = '', value = ''] = /^\/\/ (\w+): (.*)$/.exec(line) ?? [];
		if (keys.includes(key)) said.set(key, value);
		else does.push(line.slice(3));
	}
	if (does.length === 0 || !said.has('ends')) throw new Error(`${family}/${name} does not say how it ends`);
	const inputs = list(said.get('inputs')) ?? [null];
	const ends = (said.get('ends') ?? '').split(', ').map(each => each.split(' or ') as Ending[]);
	const [first = []] = ends;
	const repeats = JSON.parse(said.get('repeat') ?? '{}') as Record<string, [string, number]>;
	return {
		...{family, name, inputs},
		code: code.replaceAll(/~([A-Z]+)~/g, (_, word: string) => {
			const [text, times] = repeats[word] ?? ['', 0];
			return text.repeat(times);
		}),
		copies: said.get('everywhere') === 'yes' ? availableParallelism() + 2 : 1,
		does: does.join(' '),
		together: Number(said.get('together') ?? 1),
		ends: inputs.map((_, at) => ends[at] ?? first),
		says: said.get('says') ?? '',
		results: list(said.get('results')),
		policy: {...calm, ...(JSON.parse(said.get('policy') ?? '{}') as Partial<Policy>)},
		atDeploy: said.get('at') === 'deploy',
		executor: (said.get('executor') ?? 'same') as Case['executor'],
		hardRssMb: said.has('hardRssMb') ? Number(said.get('hardRssMb')) : undefined,
	};
}

function list(text: string | undefined): unknown[] | undefined {
	return text === undefined ? undefined : (JSON.parse(text) as unknown[]);
}
