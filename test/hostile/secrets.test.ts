import {family} from './family.ts';

family('secrets');
