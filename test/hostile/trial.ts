// One process, one node: fights the named cases one after the other and prints what there is to complain
// of, as JSON by case. `trial.ts PATIENCE_MS family/name …`
import process from 'node:process';
import {fight, openArena} from './arena.ts';
import {caseOf} from './case.ts';

const [patience = '', ...ids] = process.argv.slice(2);
const arena = await openArena();
const complaints: Record<string, string[]> = {};
for (const id of ids) complaints[id] = await fight(arena, caseOf(id), {patienceMs: Number(patience)});
process.stdout.write(`${JSON.stringify(complaints)}\n`);
// The mutated code may hold the node open for ever; executors end with this process.
process.kill(process.pid, 'SIGKILL');
