/**
 * The process of `tickcast feed`: options, signals, progress, exit code. The only file that knows the terminal's
 * streams.
 */

import { setMaxListeners } from 'node:events';
import type { ValuesOf } from '../../command-line/option.js';
import { runProgram, tellProblem } from '../../command-line/run-program.js';
import { terminalText } from '../../shared/terminal-text.js';
import { LineFeed } from './line-feed.js';
import { type LineSource, openSource } from './line-source.js';
import { FEED, type FeedOptions, feedOptions } from './options.js';
import { ProgressLine } from './progress-line.js';
import { progressText, summaryText, watchText } from './words.js';

/** npm repeats the Ctrl-C that the terminal already sent: a second one counts only after this, in milliseconds. */
const SAME_SIGNAL_MS = 300;
/** How long to wait for open answers after the feed was asked to end, in milliseconds. */
const LAST_ANSWERS_MS = 3_000;
/** A running hub answers within this, in milliseconds: until then the wait is not mentioned. */
const SILENT_MS = 1_000;
const TICK_EVERY_MS = 250;

const { stdin, stdout, stderr } = process;

export async function feed(args: readonly string[]): Promise<void> {
  // The reader of the output has gone: the feed continues, since it serves the hub.
  stdout.on('error', () => {});
  stderr.on('error', () => {});
  await runProgram(FEED, begin, args);
}

async function begin(values: ValuesOf<typeof FEED.options>): Promise<void> {
  const options = feedOptions(values);
  const opened = await openSource(options.file, options.loop, stdin);
  if (opened.ok) await run(options, opened.source);
  else tellProblem(FEED.name, opened.problem);
}

async function run(options: FeedOptions, source: LineSource): Promise<void> {
  const stop = new AbortController();
  const ended = new AbortController();
  // As many lines wait for these as the window allows.
  setMaxListeners(0, stop.signal, ended.signal);
  endOnSignals(stop, ended);
  const feed = new LineFeed(options, source, { stop: stop.signal, ended: ended.signal });
  const { lineCounts } = feed;

  const waiting = setTimeout(() => stderr.write(`Waiting for a hub at ${options.url} ...\n`), SILENT_MS);
  const noHub = await feed.ready();
  clearTimeout(waiting);
  if (noHub !== undefined) return end(1, `${FEED.name}: ${terminalText(noHub)}\n`);

  stderr.write(watchText(options.url, options.stream));
  const typing = options.file === '-' && stdin.isTTY;
  if (typing) stderr.write('Type a line and press Enter; Ctrl-D ends.\n');
  const progress = new ProgressLine(stderr, process.env, typing);
  const ticks = setInterval(() => lineCounts.tick(performance.now()), TICK_EVERY_MS);
  const shows = setInterval(() => progress.show(progressText(lineCounts, feed.state)), progress.everyMs);
  const problem = await feed.run();
  clearInterval(ticks);
  clearInterval(shows);
  lineCounts.tick(performance.now());
  progress.clear();

  if (problem !== undefined) stderr.write(`${FEED.name}: ${terminalText(problem)}\n`);
  const { maxTextLength } = feed;
  const { stream, json } = options;
  const interrupted = stop.signal.aborted || problem !== undefined;
  const words = summaryText(lineCounts, { name: source.name, stream, interrupted, maxTextLength, json });
  const nothingRead = lineCounts.sent === 0 && lineCounts.unreadable > 0;
  await new Promise<void>((resolve) => stdout.write(words, () => resolve()));
  end(feed.complete && problem === undefined && !nothingRead ? 0 : 1);
}

/** The first signal stops reading, and a little later the wait for answers; a second one ends immediately. */
function endOnSignals(stop: AbortController, ended: AbortController): void {
  let askedAt: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      askedAt ??= performance.now();
      if (performance.now() - askedAt > SAME_SIGNAL_MS) process.exit(1);
      stop.abort();
      setTimeout(() => ended.abort(), LAST_ANSWERS_MS).unref();
    });
  }
}

/** Standard input may still be open and keep the process alive. */
function end(code: number, words?: string): void {
  if (words !== undefined) stderr.write(words);
  process.exit(code);
}
