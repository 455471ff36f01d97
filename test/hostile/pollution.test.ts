import {family} from './family.ts';

family('pollution');
