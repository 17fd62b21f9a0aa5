/** The options of `tickcast feed`: from argv to validated values, or to a one-line problem. Opens nothing. */

import { basename } from 'node:path';
import { bare, integer, optional, read, text, type ValuesOf } from '../../command-line/option.js';
import type { Program } from '../../command-line/program.js';
import { streamNameOf } from '../../command-line/stream-name.js';
import { STREAM_NAME } from '../../shared/limits.js';
import { HUB_OPTIONS, tokenOption, tokenProblem, tokenVariable } from '../hub/hub-options.js';

/** Lines per second from a file, so that people can follow; a pipe has its own pace. */
const FILE_RATE = 50;
const MIN_RATE = 0.01;
const MAX_RATE = 100_000;
const MAX_LIMIT = 1_000_000_000;

const STREAM_FORM = '1 to 64 letters, digits, ".", "_", "-" or "/", the first a letter or a digit';
const RATE_FORM = `lines a second, ${MIN_RATE} to ${MAX_RATE}, or 0 for no pace`;

const OPTIONS = {
  /** A path, or `-` for standard input. */
  file: text('PATH|-', '', 'The lines, in UTF-8; - reads standard input. Required.'),
  url: HUB_OPTIONS.url,
  stream: optional(
    read('NAME', STREAM_FORM, only(STREAM_NAME), '', 'The stream they are cast to.'),
    'the file’s name; stdin for -',
  ),
  model: HUB_OPTIONS.model,
  /** Lines per second; 0: unlimited. */
  rate: optional(
    read('N', RATE_FORM, rateOf, 0, 'Lines a second; 0: as fast as the hub takes them.'),
    `${FILE_RATE} for a file; as they come for -`,
  ),
  loop: bare('Begins the file again at its end.'),
  limit: optional(integer(1, MAX_LIMIT, 1, 'Ends after so many lines.')),
  /** The field that holds the text. */
  json: optional(
    text('FIELD', '', 'Each line is a JSON object: takes this field, such as text or commit.record.text.'),
  ),
  token: tokenOption('predict and publish'),
};

type Values = ValuesOf<typeof OPTIONS>;
export type FeedOptions = Values & { readonly stream: string; readonly rate: number };

export const FEED: Program<typeof OPTIONS> = {
  name: 'tickcast feed',
  intro: `Publishes the lines of a file, or of any program, to a stream of a running hub: one line, one prediction.

Usage: tickcast feed --file texts.txt [options]
       tail -f app.log | tickcast feed --file - --stream logs`,
  options: OPTIONS,
  variableOf: tokenVariable,
  strayHint: (argument) => `; a file is given as --file ${argument}`,
  check: ({ file, loop, token }, { operands }) => [
    file === '' && operands.length === 0 && '--file is missing: give a path, or - for standard input',
    loop && file === '-' && '--loop needs a file: standard input cannot be read again',
    tokenProblem(token),
  ],
  outro: `Empty lines are skipped, and with --json those without the field. A line that is longer than the hub takes is cut. All are
counted. What the hub refuses for the moment is sent again, also after a lost connection; nothing is dropped: a program that
is faster than the hub is slowed down. The variable TICKCAST_TOKEN says the same as --token, and no list of processes shows it.

Progress goes to standard error, the summary to standard output. Ctrl-C stops reading, waits up to 3 s for open answers and
prints the summary; a second one ends at once. Exit code 0: the input was read to its end and every line answered; else 1.
With standard input or --loop, Ctrl-C counts as the end.`,
};

/** Unless given, stream and rate depend on the file. */
export function feedOptions(values: Values): FeedOptions {
  const { file, stream = defaultStream(file), rate = file === '-' ? 0 : FILE_RATE } = values;
  return { ...values, stream, rate };
}

/** `texts.txt` is published to `texts`. */
function defaultStream(file: string): string {
  if (file === '-') return 'stdin';
  const name = basename(file);
  return streamNameOf(name.replace(/(?<=.)\.[^.]*$/, ''), 'feed');
}

function rateOf(text: string): number | undefined {
  const value = Number(text);
  return /^\d+(\.\d+)?$/.test(text) && (value === 0 || (value >= MIN_RATE && value <= MAX_RATE)) ? value : undefined;
}

function only(form: RegExp): (given: string) => string | undefined {
  return (given) => (form.test(given) ? given : undefined);
}
