/** pino, set up once. Values that callers send are not logged: only their kind and size. */

import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** A JSON logger on standard output. */
export function createLogger(level: string): Logger {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
}
