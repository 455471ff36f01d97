import {family} from './family.ts';

family('hooks');
