/** Running: shutdown and the log of the process. */

import { integer, type Option, oneOf } from '../config/option.js';

export const RUNNING = {
  graceMs: integer(0, 600_000, 10_000, 'How long a shutdown waits for what was accepted, in milliseconds.'),
  drainDelayMs: integer(0, 600_000, 0, 'How long a shutdown goes on serving after /readyz says 503, in milliseconds.'),
  logLevel: oneOf(
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    'info',
    'Least severe level that is logged.',
  ),
  logFormat: oneOf(['auto', 'json', 'pretty'], 'auto', 'Form of log lines; auto is pretty on a terminal, else JSON.'),
} as const satisfies Record<string, Option<unknown>>;
