import {family} from './family.ts';

family('memory');
