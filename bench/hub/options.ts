/**
 * The options of `npm run bench`: which servers, under which load, for how long. Knows nothing of how it is measured.
 */

import { integer, integers, quickly, someOf, type ValuesOf } from '../../command-line/option.js';
import { ENGINE, QUICK } from '../harness/options.js';

const PARTS = ['echo', 'naive', 'hub', 'engine', 'connect'] as const;

export const OPTIONS = {
  quick: QUICK,
  sockets: integers(1, 10_000, [1, 32, 256], 'How many sockets.'),
  /** For one server at one number of sockets in one round. */
  seconds: quickly(integer(1, 600, 8, 'Measured time of one server at one number of sockets.'), 2),
  /** At one socket, a server compiles its JavaScript for several seconds before it reaches its pace. */
  warmUp: quickly(integer(1, 600, 6, 'Seconds of load before each measurement.'), 4),
  rounds: quickly(integer(1, 100, 3, 'Rounds over all servers; figures are the median.'), 1),
  pipeline: integer(1, 32, 1, 'Requests in flight on each socket.'),
  loaders: integer(1, 16, 1, 'Loader processes.'),
  engine: ENGINE,
  only: someOf(PARTS, PARTS.join(), 'What is measured.'),
};

export type BenchOptions = ValuesOf<typeof OPTIONS>;
