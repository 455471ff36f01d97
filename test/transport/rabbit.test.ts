import {openRabbitWorld} from './rabbitWorld.ts';
import {transportContract} from './transport.ts';

transportContract('rabbit', openRabbitWorld);
