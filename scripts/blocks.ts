// The fenced blocks of a page: what a reader would type, and what they would write into a file.
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {loadConfig} from '#config/config.ts';

/** Those of a language, in their order. */
export function blocksOf(page: string, language: 'sh' | 'yaml'): string[] {
	const fenced = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms');
	return [...page.matchAll(fenced)].map(([, block = '']) => block);
}

/** Reads a block as a node would read its file. @throws ConfigError */
export function readSettings(block: string): void {
	const folder = mkdtempSync(join(tmpdir(), 'warren-settings-'));
	try {
		const config = join(folder, 'warren.yaml');
		// A key that is only hinted at (`wk_…`) stands for some key.
		writeFileSync(config, block.replaceAll('wk_…', 'wk_x'));
		loadConfig({flags: {config}, env: {}, cwd: folder});
	} finally {
		rmSync(folder, {recursive: true});
	}
}
