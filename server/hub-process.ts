/** The hub's process: options, app, signals, exit code. The only file that exits the process. */

import { runProgram, tellProblem } from '../command-line/run-program.js';
import { invitation } from './app/access-control.js';
import { App } from './app/app.js';
import { systemClock } from './app/system-clock.js';
import { leaveClosedTerminals } from './closed-terminal.js';
import { type Config, HUB } from './config/config.js';
import { onEndSignals } from './end-signals.js';
import { neverBlock } from './observe/log-sink.js';
import { openProcessLog } from './process-log.js';

/** Time to write the last log lines, in milliseconds. */
const LAST_LINES_MS = 500;

/** Runs a hub with these arguments until a signal ends it, or with its help or its one problem. */
export async function serve(args: readonly string[]): Promise<void> {
  // Their reader may leave before the end.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  await runProgram(HUB, (config) => run(Object.freeze(config)), args);
}

async function run(config: Config): Promise<void> {
  neverBlock(process.stderr);
  const { log, flush } = openProcessLog(config.logLevel, config.logFormat);
  const end = async (code: number): Promise<never> => {
    await flush(LAST_LINES_MS);
    process.exit(code);
  };
  // After the last log lines.
  leaveClosedTerminals();
  let isBroken = false;
  process.on('uncaughtException', (err) => {
    if (isBroken) process.exit(1);
    isBroken = true;
    log.fatal({ err }, 'uncaught exception');
    void end(1);
  });
  let app: App | undefined;
  const drain = async (drained: App): Promise<never> => {
    await drained.drain();
    return end(0);
  };
  onEndSignals(process, systemClock, {
    first: (signal) => {
      if (app !== undefined) return void drain(app);
      // Nothing listens yet, so nothing was accepted; loading a large model may take minutes more.
      log.info({ signal }, 'ended before the start was over');
      void end(0);
    },
    again: () => process.exit(1),
  });
  const started = await App.start(config, log);
  if (!started.ok) {
    tellProblem(HUB.name, started.problem);
    return end(1);
  }
  app = started.app;
  const { url, runToken } = app;
  // Never through the log, which others can read.
  if (runToken !== undefined) process.stderr.write(invitation(url, runToken));
}
