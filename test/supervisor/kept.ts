// A program that is to its supervisor what a worker is, without the work.
import process from 'node:process';
import {findKeeper} from '#supervisor/keeper.ts';

process.once('disconnect', () => process.exit(0));
findKeeper()?.say({worker: `w${process.pid}`});
