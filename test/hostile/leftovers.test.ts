import {family} from './family.ts';

family('leftovers');
