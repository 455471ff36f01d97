import {family} from './family.ts';

family('neighbours');
