// imports files of the server
// ends: BUILD_FAILED
// at: deploy
import secret from '../../secret.txt';
import {readFileSync} from 'fs';
export default () => [secret, readFileSync];
