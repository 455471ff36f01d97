// A node as a process of its own, to be killed: `node.ts <options as JSON>`. Says where it listens, as JSON.
import process from 'node:process';
import {createWarren, type WarrenOptions} from '#warren.ts';

const warren = await createWarren(JSON.parse(process.argv[2] ?? '{}') as WarrenOptions);
await warren.start();
process.stdout.write(`${JSON.stringify({url: warren.url})}\n`);
