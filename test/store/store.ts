// The laws of the port, as tests that every adapter runs: `storeContract(name, place)`.
import {commitContract} from './commits.ts';
import {deathsContract} from './deaths.ts';
import {functionsContract} from './functions.ts';
import {historyContract} from './history.ts';
import {homesContract} from './homes.ts';
import {inputsContract} from './inputs.ts';
import {lanesContract} from './lanes.ts';
import {leasesContract} from './leases.ts';
import {limitsContract} from './limits.ts';
import {pausesContract} from './pauses.ts';
import {queriesContract} from './queries.ts';
import {scalesContract} from './scales.ts';
import {strayedContract} from './strayed.ts';
import {timersContract} from './timers.ts';
import type {MakePlace} from './world.ts';

export function storeContract(name: string, make: MakePlace): void {
	commitContract(name, make);
	homesContract(name, make);
	leasesContract(name, make);
	scalesContract(name, make);
	pausesContract(name, make);
	lanesContract(name, make);
	limitsContract(name, make);
	timersContract(name, make);
	strayedContract(name, make);
	inputsContract(name, make);
	queriesContract(name, make);
	deathsContract(name, make);
	functionsContract(name, make);
	historyContract(name, make);
}
