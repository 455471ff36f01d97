import {family} from './family.ts';

family('results');
