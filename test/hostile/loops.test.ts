import {family} from './family.ts';

family('loops');
