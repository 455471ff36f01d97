// Prints docs/openapi.json, what a node answers at /openapi.json; with `--check` it only compares.
import {publish} from './page.ts';
import {restPage} from './restPage.ts';

publish('docs/openapi.json', `${JSON.stringify(await restPage(), null, '\t')}\n`);
