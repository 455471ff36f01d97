import {family} from './family.ts';

family('loading');
