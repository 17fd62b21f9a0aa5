/** The options of `tickcast predict`. */

import { integer, oneOf, type ValuesOf } from '../../command-line/option.js';
import type { Program } from '../../command-line/program.js';
import { MAX_TIMEOUT_MS } from '../../shared/limits.js';
import { HUB_OPTIONS, tokenOption, tokenProblem, tokenVariable } from '../hub/hub-options.js';

const OPTIONS = {
  ...HUB_OPTIONS,
  output: oneOf(
    ['auto', 'table', 'json'],
    'auto',
    'A table for people, or a JSON object a line; auto is a table on a terminal, else JSON.',
  ),
  concurrency: integer(1, 1024, 64, 'Lines of a pipe asked at a time.'),
  timeoutMs: integer(1, MAX_TIMEOUT_MS, 10_000, 'How long one answer may take, in milliseconds.'),
  token: tokenOption('predict'),
};

export type PredictOptions = ValuesOf<typeof OPTIONS>;

/** Words of one input, as a shell splits them. */
const MOST_WORDS = 100_000;

export const PREDICT: Program<typeof OPTIONS> = {
  name: 'tickcast predict',
  intro: `Asks a running hub for predictions.

Usage: tickcast predict What a lovely day
       tickcast predict --model iris 5.1 3.5 1.4 0.2
       cat texts.txt | tickcast predict [options]`,
  options: OPTIONS,
  operands: { form: 'INPUT', doc: 'One input. Without, each line of standard input is one.', most: MOST_WORDS },
  variableOf: tokenVariable,
  check: ({ token }) => [tokenProblem(token)],
  outro: `For a text model an input is the text as it stands. For others it is JSON as in shared/PROTOCOL.md, such as [5.1, 3.5, 1.4, 0.2]
or {"name": [1, 2]}, or numbers alone, separated by spaces or commas; after -- they may be negative.

Answers come in the order of the lines. Empty lines are skipped, and counted. What the hub refuses for the moment is sent
again. An error is named on standard error with its line. Exit code 1: something was not answered.`,
};
