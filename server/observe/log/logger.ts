/**
 * Sets up pino: JSON lines for machines, coloured lines for people. Never logs values that callers send, only their
 * kind and size.
 */

import { type Logger, type LoggerOptions, pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { terminalJson, terminalText } from '../../../shared/terminal-text.js';
import { LogOutlet, type LogOutletOptions } from '../log-outlet.js';

export type { Logger } from 'pino';

export type LogFormat = 'json' | 'pretty';

/**
 * Fields that could hold a secret if a caller's object were ever logged. A precaution: no line of ours has such a
 * field.
 */
const SECRETS = ['token', 'authorization', 'cookie', 'auth', 'headers'];

export interface LogParts extends Pick<LogOutletOptions, 'sink' | 'clock' | 'maxBytes'> {
  readonly level: string;
  readonly format: LogFormat;
}

/** A logger that never blocks on its reader, and the outlet of its lines. */
export function openLog({ level, format, ...parts }: LogParts): { readonly log: Logger; readonly outlet: LogOutlet } {
  const options: LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: SECRETS.flatMap((name) => [name, `*.${name}`]),
    ...(format === 'json' ? { formatters: { level: (label) => ({ level: label }) } } : {}),
  };
  const formatLine = format === 'json' ? terminalJson : prettyLine();
  const outlet = new LogOutlet({ ...parts, format: formatLine, note: (dropped) => formatLine(note(dropped, options)) });
  return { log: pino(options, { write: (line) => outlet.write(line) }), outlet };
}

/** Logged at any level: an unreported gap would be mistaken for silence. */
function note(dropped: number, options: LoggerOptions): string {
  let line = '';
  const log = pino(
    { ...options, level: 'warn' },
    {
      write: (text) => {
        line = text;
      },
    },
  );
  log.warn({ dropped }, 'lines of this log were dropped: its reader did not take them in time');
  return line;
}

function prettyLine(): (line: string) => string {
  const pretty = prettyFactory({ singleLine: true, translateTime: 'SYS:HH:MM:ss.l', ignore: 'pid,hostname' });
  return (line) => pretty(shown(JSON.parse(line))) ?? '';
}

/** The value without characters that control a terminal. A stack keeps its line ends, since it is shown indented. */
function shown(value: unknown, name = ''): unknown {
  if (typeof value === 'string') {
    return name === 'stack' ? value.split('\n').map(terminalText).join('\n') : terminalText(value);
  }
  if (Array.isArray(value)) return value.map((item) => shown(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [terminalText(key), shown(item, key)]));
}
