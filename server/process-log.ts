/** The log of this process: on its standard output, with as much as can be written when it ends. */

import { systemClock } from './app/system-clock.js';
import type { Clock } from './contracts/clock.js';
import { type LogFormat, type Logger, openLog } from './observe/log/logger.js';
import { standardOutput } from './observe/log-sink.js';

/** A log that cannot be written keeps no process from its end. */
const clock: Pick<Clock, 'immediate' | 'setTimer'> = {
  immediate: systemClock.immediate,
  setTimer: (delayMs, run) => {
    const timer = setTimeout(run, delayMs).unref();
    return { cancel: () => clearTimeout(timer) };
  },
};

export interface ProcessLog {
  readonly log: Logger;
  /** Resolves when what was logged is written, or cannot be, or after `withinMs`. */
  flush(withinMs: number): Promise<void>;
}

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

/** For a program that embeds the hub: a logger on its standard output, which never waits for who reads it. */
export function createLogger(level: string, format: LogFormat = 'json'): Logger {
  return openProcessLog(level, format).log;
}
