/** `tickcast predict`: one input from the arguments, or each line of standard input; answers in order. */

import { setMaxListeners } from 'node:events';
import { runProgram, tellProblem } from '../../command-line/run-program.js';
import { terminalText } from '../../shared/terminal-text.js';
import { messageOf } from '../../shared/words/message-of.js';
import { type Line, MAX_LINE_BYTES, readLines } from '../feed/line-splitter.js';
import { inOrder } from './in-order.js';
import { inputOf } from './input.js';
import { PREDICT, type PredictOptions } from './options.js';
import { PredictHub } from './predict-hub.js';
import { type Answer, errorLine, jsonLine, tableRows } from './view.js';

interface Given {
  readonly line: number | undefined;
  readonly text: string;
  /** Longer than any input. */
  readonly isCut: boolean;
}

const { stdin, stdout, stderr } = process;

export async function predict(args: readonly string[]): Promise<void> {
  // `| head` has read enough.
  stdout.on('error', () => process.exit(0));
  await runProgram(PREDICT, run, args);
}

async function run(options: PredictOptions, words: readonly string[]): Promise<void> {
  if (words.length === 0 && stdin.isTTY)
    return tellProblem(PREDICT.name, 'there is no input: give one, or pipe lines; see --help');
  const stop = new AbortController();
  // As many lines wait for it as are asked at a time.
  setMaxListeners(0, stop.signal);
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  const hub = new PredictHub(options, stop.signal);
  try {
    const noHub = await hub.ready();
    if (noHub !== undefined) return tellProblem(PREDICT.name, noHub);
    const given = words.length === 0 ? linesOf(stdin) : one(words.join(' '));
    await answerAll(given, hub, options, stop.signal);
  } catch (cause) {
    tellProblem(PREDICT.name, `standard input cannot be read: ${messageOf(cause)}`);
  } finally {
    hub.close();
    // It may still be open, and would keep the process alive.
    stdin.destroy();
  }
}

async function answerAll(
  given: AsyncIterable<Given>,
  hub: PredictHub,
  { output, concurrency }: PredictOptions,
  signal: AbortSignal,
): Promise<void> {
  const asTable = output === 'table' || (output === 'auto' && stdout.isTTY);
  for await (const answer of inOrder(given, concurrency, (item) => answerOne(item, hub))) {
    const problem = errorLine(answer);
    if (problem !== undefined) tellProblem(PREDICT.name, problem);
    const rows = asTable ? tableRows(answer) : [jsonLine(answer)];
    const isTaken = stdout.write(rows.map((row) => `${row}\n`).join(''));
    if (!isTaken) await new Promise((resolve) => stdout.once('drain', resolve));
    if (signal.aborted) break;
  }
  if (!signal.aborted) return;
  stderr.write(terminalText(`${PREDICT.name}: stopped`).concat('\n'));
  process.exitCode = 1;
}

async function answerOne({ line, text, isCut }: Given, hub: PredictHub): Promise<Answer> {
  const failed = (message: string, code: 'TOO_LARGE' | 'INVALID_INPUT'): Answer => {
    return { line, text, outcome: { ok: false, error: { code, message, retryable: false } } };
  };
  if (isCut) return failed(`the line is longer than ${MAX_LINE_BYTES} bytes`, 'TOO_LARGE');
  const read = inputOf(text, hub.inputs);
  if (!read.ok) return failed(read.problem, 'INVALID_INPUT');
  return { line, text, outcome: await hub.ask(read.input) };
}

async function* one(text: string): AsyncGenerator<Given> {
  yield { line: undefined, text, isCut: false };
}

/** Empty lines are counted and left out. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Given> {
  let line = 0;
  for await (const { text, cut } of readLines(chunks) as AsyncIterable<Line>) {
    line += 1;
    if (text.trim() !== '') yield { line, text, isCut: cut };
  }
}
