/** Entry of `npm run bench`: the hub's bench, or with the word `engines` in front of all options that of the engines. */

import { argv } from 'node:process';

const ENGINES = 'engines';

if (argv[2] === ENGINES) {
  argv.splice(2, 1);
  await import('./engines/main.js');
} else {
  await import('./hub/main.js');
}
