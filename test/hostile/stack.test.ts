import {family} from './family.ts';

family('stack');
