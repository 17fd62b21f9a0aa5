/** The demo's options: from argv to validated values, or to a one-line problem. Knows nothing of what they start. */

import { integer, optional, type ValuesOf } from '../command-line/option.js';
import type { Program } from '../command-line/program.js';

/** Above this rate, the feed's own process is the bottleneck. */
const MAX_RATE = 5_000;

const OPTIONS = {
  /** Messages per second. */
  rate: integer(1, MAX_RATE, 40, 'Messages a second; try 2000 to see batches grow.'),
  /** Undefined: 3000 if it is free, else a free one. */
  port: optional(integer(0, 65_535, 0, 'Port of the hub; 0 takes a free one.'), '3000 if free, else a free one'),
  /** Undefined: until Ctrl-C. */
  duration: optional(integer(1, 86_400, 1, 'Seconds until it ends by itself; without, Ctrl-C ends it.')),
  seed: integer(0, 2 ** 32 - 1, 1, 'The same seed gives the same messages.'),
};

export type DemoOptions = ValuesOf<typeof OPTIONS>;

export const DEMO: Program<typeof OPTIONS> = {
  name: 'demo',
  intro: `A live demo: starts a hub with the sentiment model and a feed of made-up messages, and shows what comes back.

Usage: npm run demo -- [options]      or, once built, node dist/demo/main.js [options]`,
  options: OPTIONS,
  outro: 'NO_COLOR=1 leaves the colours out. Without a terminal it prints a line a second. Ctrl-C ends all of it.',
};
