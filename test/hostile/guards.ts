import type {Guard} from './guard.ts';
import {limits} from './limits.ts';
import {walls} from './walls.ts';

export const guards: readonly Guard[] = [...limits, ...walls];
