import {family} from './family.ts';

family('cpu');
