import {family} from './family.ts';

family('floods');
