/** The options of `npm run feed`: from argv to validated values, or to a one-line problem. Opens nothing. */

import { basename } from 'node:path';
import { bare, integer, optional, read, text, type ValuesOf } from '../../command-line/option.js';
import type { Program } from '../../command-line/program.js';
import { streamNameOf } from '../../demo/stream-name.js';
import { STREAM_NAME } from '../../shared/limits.js';
import { isModelReference } from '../../shared/parse.js';

const DEFAULT_URL = 'http://127.0.0.1:3000';
/** Lines per second from a file, so that people can follow; a pipe has its own pace. */
const FILE_RATE = 50;
const MIN_RATE = 0.01;
const MAX_RATE = 100_000;
const MAX_LIMIT = 1_000_000_000;

const STREAM_FORM = '1 to 64 letters, digits, ".", "_", "-" or "/", the first a letter or a digit';
const MODEL_FORM = 'a name or name@version, such as sentiment or sentiment@2';
const RATE_FORM = `lines a second, ${MIN_RATE} to ${MAX_RATE}, or 0 for no pace`;

const OPTIONS = {
  /** A path, or `-` for standard input. */
  file: text('PATH|-', '', 'The lines, in UTF-8; - reads standard input. Required.'),
  /** The hub's origin. */
  url: read('URL', `an address such as ${DEFAULT_URL}`, originOf, DEFAULT_URL, 'The hub.'),
  stream: optional(
    read('NAME', STREAM_FORM, only(STREAM_NAME), '', 'The stream they are cast to.'),
    'the file’s name; stdin for -',
  ),
  model: optional(read('NAME', MODEL_FORM, modelOf, '', 'Name or name@version.'), 'the hub’s default model'),
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
  token: optional(
    text('TOKEN', '', 'Where the hub asks for one, with the scopes predict and publish; better by TICKCAST_TOKEN.'),
  ),
};

type Values = ValuesOf<typeof OPTIONS>;
export type FeedOptions = Values & { readonly stream: string; readonly rate: number };

export const FEED: Program<typeof OPTIONS> = {
  name: 'feed',
  intro: `Publishes the lines of a file, or of any program, to a stream of a running hub: one line, one prediction.

Usage: npm run feed -- --file texts.txt [options]
       tail -f app.log | npm run --silent feed -- --file - --stream logs`,
  options: OPTIONS,
  variableOf: (name) => (name === 'token' ? 'TICKCAST_TOKEN' : undefined),
  strayHint: (argument) => `; a file is given as --file ${argument}`,
  check: ({ file, loop, token }, { operands }) => [
    file === '' && operands.length === 0 && '--file is missing: give a path, or - for standard input',
    loop && file === '-' && '--loop needs a file: standard input cannot be read again',
    // Never quoted in a message.
    token !== undefined &&
      !/^[\x21-\x7e]+$/.test(token) &&
      '--token, or TICKCAST_TOKEN, is no token: expected ASCII characters without spaces',
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

/** Accepts `localhost:3000` but no path, which would be dropped silently. */
function originOf(text: string): string | undefined {
  try {
    const url = new URL(text.includes('://') ? text : `http://${text}`);
    const bare = url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
    return bare && /^https?:$/.test(url.protocol) ? url.origin : undefined;
  } catch {
    return undefined;
  }
}

function rateOf(text: string): number | undefined {
  const value = Number(text);
  return /^\d+(\.\d+)?$/.test(text) && (value === 0 || (value >= MIN_RATE && value <= MAX_RATE)) ? value : undefined;
}

function modelOf(given: string): string | undefined {
  return isModelReference(given) ? given : undefined;
}

function only(form: RegExp): (given: string) => string | undefined {
  return (given) => (form.test(given) ? given : undefined);
}
