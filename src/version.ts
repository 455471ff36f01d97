import {createRequire} from 'node:module';

/** Warren's own version, from its package. */
export const {version} = createRequire(import.meta.url)('warren/package.json') as {version: string};
