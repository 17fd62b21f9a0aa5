#!/usr/bin/env node
/** The demo's main process: options, signals, exit code. The only file that knows the terminal's streams. */

import { runProgram, tellProblem } from '../command-line/run-program.js';
import { Demo } from './demo.js';
import { DEMO, type DemoOptions } from './options.js';
import { TOPICS } from './text/topics.js';
import { nextText, summaryText } from './view/plain.js';
import { viewFor } from './view/view.js';

/**
 * npm may repeat the Ctrl-C that the terminal already sent: a second signal counts only after this, in milliseconds.
 */
const SAME_SIGNAL_MS = 1_000;

await runProgram(DEMO, run);

async function run(options: DemoOptions): Promise<void> {
  const { stdout, stderr } = process;
  const stop = new AbortController();
  // The reader of the output has gone: this ends the demo as Ctrl-C does.
  stdout.on('error', () => stop.abort());
  stderr.on('error', () => {});
  const view = viewFor(
    stdout,
    stderr,
    process.env,
    TOPICS.map(({ name }) => name),
  );
  const demo = new Demo(options, view);
  // However this process ends, it leaves no other running and restores the terminal.
  process.on('exit', () => {
    view.close();
    demo.kill();
  });
  let askedAt: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      askedAt ??= performance.now();
      if (performance.now() - askedAt > SAME_SIGNAL_MS) process.exit(1);
      stop.abort();
    });
  }

  stdout.write('Starting the hub with the sentiment model ...\n');
  const { problem, tally } = await demo.run(stop.signal);
  view.close();
  if (tally !== undefined) stdout.write(`\n${summaryText(tally)}\n`);
  if (problem !== undefined) return tellProblem(DEMO.name, problem);
  stdout.write(
    tally === undefined ? 'Ended before it began.\n' : `Feed and hub have ended in good order.\n${nextText()}`,
  );
}
