// What `npm pack` ships is the built package: JavaScript, no pinned Node of its own, no tools.
//   pack.ts before    builds dist/ and puts the package's own package.json in place
//   pack.ts after     puts the repository's package.json back

import {spawnSync} from 'node:child_process';
import {existsSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';

type Manifest = Record<string, unknown> & {
	exports: {'.': Record<string, string>};
	imports: Record<string, Record<string, string>>;
};

const file = 'package.json';
const kept = 'package.repository.json';
/** Of use in the repository only. */
const repositoryOnly = ['scripts', 'devDependencies', 'optionalDependencies', 'overrides', 'allowScripts'];

const [what] = process.argv.slice(2);
// A pack that was broken off in the middle has left it.
if (existsSync(kept)) renameSync(kept, file);
if (what === 'before') before();
else if (what !== 'after') throw new TypeError(`Expected \`before\` or \`after\`, got \`${what}\``);

function before(): void {
	rmSync('dist', {recursive: true, force: true});
	const built = spawnSync(process.execPath, ['bin/run.cjs', 'tsc', '-p', 'tsconfig.build.json'], {
		stdio: 'inherit',
	});
	if (built.status !== 0) process.exit(built.status ?? 1);
	const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
	writeFileSync(kept, readFileSync(file));
	writeFileSync(file, `${JSON.stringify(packaged(manifest), undefined, '\t')}\n`);
}

function packaged(manifest: Manifest): Record<string, unknown> {
	const {exports, imports, ...rest} = manifest;
	const shipped = Object.fromEntries(Object.entries(rest).filter(([key]) => !repositoryOnly.includes(key)));
	return {
		...shipped,
		// isolated-vm ships builds for these; the package brings no Node along.
		engines: {node: '>=24'},
		exports: {...exports, '.': withoutSource(exports['.'])},
		imports: Object.fromEntries(Object.entries(imports).map(([key, target]) => [key, withoutSource(target)])),
	};
}

/** The sources stay in the repository. */
function withoutSource(target: Record<string, string>): Record<string, string> {
	return Object.fromEntries(Object.entries(target).filter(([condition]) => condition !== 'source'));
}
