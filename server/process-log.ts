/** The log of this process: on its standard output, flushed as far as possible when it ends. */

import { systemClock } from './app/system-clock.js';
import type { Clock } from './contracts/clock.js';
import { type LogFormat, type Logger, openLog } from './observe/log/logger.js';
import { standardOutput } from './observe/log-sink.js';

/** A log that cannot be written must not keep the process alive. */
const clock: Pick<Clock, 'immediate' | 'setTimer'> = {
  immediate: systemClock.immediate,
  setTimer: (delayMs, run) => {
    const timer = setTimeout(run, delayMs).unref();
    return { cancel: () => clearTimeout(timer) };
  },
};

/** A logger and its flush. */
export interface ProcessLog {
  readonly log: Logger;
  /** Resolves when everything logged is written, when it cannot be, or after `withinMs` milliseconds. */
  flush(withinMs: number): Promise<void>;
}

/** Opens the log on standard output. `auto`: pretty on a terminal, otherwise JSON. */
export function openProcessLog(level: string, format: LogFormat | 'auto'): ProcessLog {
  const automatic = process.stdout.isTTY ? 'pretty' : 'json';
  const { log, outlet } = openLog({
    level,
    format: format === 'auto' ? automatic : format,
    sink: standardOutput(),
    clock,
  });
  process.on('exit', () => outlet.flushNow());
  return { log, flush: (withinMs) => outlet.flush(withinMs) };
}

/** Creates a logger on standard output for a program that embeds the hub. It never blocks on its reader. */
export function createLogger(level: string, format: LogFormat = 'json'): Logger {
  return openProcessLog(level, format).log;
}
