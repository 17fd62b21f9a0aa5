/** The options of `npm run bench:engines`. Knows nothing of how it is measured. */

import { integer, integers, quickly, someOf, type ValuesOf } from '../../command-line/option.js';
import { QUICK } from '../harness/options.js';
import { engineNames, modelNames } from './cells.js';

export const OPTIONS = {
  quick: QUICK,
  model: quickly(someOf(modelNames, 'NAME,...', `Models: ${modelNames.join(', ')}.`), ['mlp', 'lstm', 'transformer']),
  engine: someOf(engineNames, 'NAME,...', `Engines: ${engineNames.join(', ')}.`),
  rows: quickly(
    integers(1, 65_536, [1, 8, 32, 128, 512], 'Rows of a batch; those that take over 2 s are left out.'),
    [1, 32],
  ),
  /** Of the session, and as long of the bare runtime. */
  ms: quickly(integer(1, 60_000, 300, 'Milliseconds of each model on each engine at each number of rows.'), 50),
  rounds: quickly(integer(1, 100, 3, 'Rounds over all engines; figures are the median.'), 1),
};

export type EnginesOptions = ValuesOf<typeof OPTIONS>;
