import {family} from './family.ts';

family('reach');
