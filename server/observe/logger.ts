/** pino, set up once: JSON lines for machines, coloured ones for a person. Values that callers send are not logged: only their kind and size. */

import { type Logger, type LoggerOptions, pino } from 'pino';
import pretty from 'pino-pretty';

export type { Logger } from 'pino';

export type LogFormat = 'json' | 'pretty';

/** Where a secret could stand if a caller's object ever came to be logged. A guard: no line of ours has such a field. */
const SECRETS = ['token', 'authorization', 'cookie', 'auth', 'headers'];

/** A logger on standard output. Lines of a terminal are written at once, so that the last are there when the process ends. */
export function createLogger(level: string, format: LogFormat = 'json'): Logger {
  const options: LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: SECRETS.flatMap((name) => [name, `*.${name}`]),
  };
  if (format === 'json') return pino({ ...options, formatters: { level: (label) => ({ level: label }) } });
  return pino(
    options,
    pretty({ sync: true, singleLine: true, translateTime: 'SYS:HH:MM:ss.l', ignore: 'pid,hostname' }),
  );
}
