/** `tickcast log`: reads the prediction log. */

import { runProgram, tellProblem } from '../../command-line/run-program.js';
import { subjectHash } from '../../server/observe/prediction-log/subject-hash.js';
import { modelNameOf } from '../../shared/parse.js';
import { terminalJson } from '../../shared/terminal-text.js';
import { eraseLines } from './erase.js';
import { Follower } from './follow.js';
import { viewCounts, viewLine } from './line-view.js';
import { findLogFiles, readLines, type Unread } from './log-files.js';
import type { LogLine } from './log-line.js';
import { type Counted, ERASE, type EraseOptions, LOG, type LogOptions, pathOf } from './options.js';

export async function log(args: readonly string[]): Promise<void> {
  // `| head` has read enough.
  process.stdout.on('error', () => process.exit(0));
  if (args[0] === 'erase')
    await runProgram(ERASE, (options, operands) => erase(pathOf(operands.slice(1)), options), args);
  else await runProgram(LOG, (options, operands) => run(pathOf(operands), options), args);
}

async function erase(path: string, { subject, before, dryRun }: EraseOptions): Promise<void> {
  const found = await findLogFiles(path);
  if (!found.ok) return tellProblem(ERASE.name, found.problem);
  const count = await eraseLines(path, { subject: subject && subjectHash(subject), before }, dryRun);
  const lines = `${count.lines} of ${count.read} lines in ${count.files} files`;
  process.stdout.write(
    dryRun
      ? `would erase ${lines}
`
      : `erased ${lines}; copies elsewhere are not touched
`,
  );
}

async function run(path: string, options: LogOptions): Promise<void> {
  const { count, follow } = options;
  const found = await findLogFiles(path);
  if (!found.ok) return tellProblem(LOG.name, found.problem);
  const unread: Unread = { count: 0 };
  const follower = new Follower(path, unread);
  if (follow) await follower.begin();
  const lines = matching(readLines(found.processes, unread), options);
  if (count !== undefined) {
    process.stdout.write(`${viewCounts(await countBy(lines, count), count === 'hour')}\n`);
  } else {
    await show(options.tail === undefined ? lines : last(lines, options.tail), options);
    if (follow) {
      const stop = new AbortController();
      process.once('SIGINT', () => stop.abort());
      await show(matching(follower.lines(stop.signal), options), options);
    }
  }
  if (unread.count > 0)
    process.stderr.write(`${LOG.name}: ${unread.count} lines are none of a prediction log and were left out\n`);
}

async function* matching(
  lines: AsyncIterable<LogLine>,
  { model, label, stream, since, until }: LogOptions,
): AsyncGenerator<LogLine> {
  for await (const line of lines) {
    const isOfModel = model === undefined || line.model === model || modelNameOf(line.model) === model;
    const isOfTime = line.at >= (since ?? Number.NEGATIVE_INFINITY) && line.at < (until ?? Number.POSITIVE_INFINITY);
    const isOther = (wanted: string | undefined, has: string | undefined): boolean =>
      wanted !== undefined && wanted !== has;
    if (isOfModel && isOfTime && !isOther(label, line.label) && !isOther(stream, line.stream)) yield line;
  }
}

async function* last(lines: AsyncIterable<LogLine>, most: number): AsyncGenerator<LogLine> {
  const ring: LogLine[] = [];
  let at = 0;
  for await (const line of lines) {
    if (most > 0) ring[at++ % most] = line;
  }
  for (let i = Math.max(0, at - most); i < at; i++) yield ring[i % most] as LogLine;
}

async function show(lines: AsyncIterable<LogLine>, { json }: LogOptions): Promise<void> {
  const asText = process.stdout.isTTY && !json;
  for await (const line of lines) {
    const written = process.stdout.write(`${asText ? viewLine(line) : terminalJson(line.text)}\n`);
    if (!written) await new Promise((resolve) => process.stdout.once('drain', resolve));
  }
}

async function countBy(lines: AsyncIterable<LogLine>, by: Counted): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for await (const { at, label, model } of lines) {
    const name = { label: label ?? 'none', model, hour: `${new Date(at).toISOString().slice(0, 13)}:00Z` }[by];
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}
