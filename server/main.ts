#!/usr/bin/env node
/** The process: options, app, signals, exit code. The only file that ends the process. */

import { invitation } from './access-control.js';
import { App, type StartOutcome } from './app.js';
import { helpText, readConfig } from './config.js';
import { createLogger } from './observe/logger.js';
import { version } from './version.js';

const outcome = readConfig(process.argv.slice(2), process.env);
switch (outcome.kind) {
  case 'help':
    process.stdout.write(helpText());
    break;
  case 'version':
    process.stdout.write(`${version}\n`);
    break;
  case 'problem':
    fail(outcome.message);
    break;
  case 'config': {
    const { logLevel, logFormat } = outcome.config;
    const automatic = process.stdout.isTTY ? 'pretty' : 'json';
    const log = createLogger(logLevel, logFormat === 'auto' ? automatic : logFormat);
    process.on('uncaughtException', (err) => {
      log.fatal({ err }, 'uncaught exception');
      process.exit(1);
    });
    const starting = App.start(outcome.config, log);
    drainOnSignal(starting);
    const started = await starting;
    if (!started.ok) fail(started.problem);
    const { url, runToken } = started.app;
    // Never by the log, which others read.
    if (runToken !== undefined) process.stderr.write(invitation(url, runToken));
  }
}

/** One readable line, before anything listens. */
function fail(problem: string): never {
  process.stderr.write(`tickcast: ${problem}\n`);
  process.exit(1);
}

/** The first signal drains, as soon as the start is over; a second ends at once. */
function drainOnSignal(starting: Promise<StartOutcome>): void {
  let signals = 0;
  const drain = async (): Promise<void> => {
    const started = await starting;
    if (started.ok) await started.app.drain();
  };
  const onSignal = (): void => {
    signals += 1;
    if (signals > 1) process.exit(1);
    drain().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}
