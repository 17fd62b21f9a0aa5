/** The options of `npm run feed`: from argv to checked values, or to the line that says what was wrong. Opens nothing. */

import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { argsProblem } from '../../demo/args-problem.js';
import { streamNameOf } from '../../demo/stream-name.js';
import { STREAM_NAME } from '../../shared/limits.js';
import { isModelReference } from '../../shared/parse.js';

/** What `npm run feed -- --help` prints. */
const HELP = `Publishes the lines of a file, or of any program, to a stream of a running hub: one line, one prediction.

Usage: npm run feed -- --file texts.txt [options]
       tail -f app.log | npm run --silent feed -- --file - --stream logs

  --file PATH|-         the lines, in UTF-8; - reads standard input. Required
  --url URL             the hub [http://127.0.0.1:3000]
  --stream NAME         the stream they are cast to [the file's name; stdin for -]
  --model NAME          name or name@version [the hub's default model]
  --rate N              lines a second; 0: as fast as the hub takes them [50 for a file; as they come for -]
  --loop                begins the file again at its end
  --limit N             ends after N lines
  --json FIELD          each line is a JSON object: takes this field, such as text or commit.record.text
  --token TOKEN         where the hub asks for one, with the scopes predict and publish; better by the variable
                        TICKCAST_TOKEN, which no list of processes shows
  --help                prints this

Empty lines are skipped, and with --json those without the field. A line that is longer than the hub takes is cut. All are
counted. What the hub refuses for the moment is sent again, also after a lost connection; nothing is dropped: a program that
is faster than the hub is slowed down.

Progress goes to standard error, the summary to standard output. Ctrl-C stops reading, waits up to 3 s for open answers and
prints the summary; a second one ends at once. Exit code 0: the input was read to its end and every line answered; else 1.
With standard input or --loop, Ctrl-C counts as the end.
`;

export interface FeedOptions {
  /** A path, or `-` for standard input. */
  readonly file: string;
  /** The hub's origin. */
  readonly url: string;
  readonly stream: string;
  /** Undefined: the hub's default model. */
  readonly model: string | undefined;
  /** Lines a second; 0: no pace. */
  readonly rate: number;
  /** The file again and again. */
  readonly loop: boolean;
  /** Lines to publish; undefined: all. */
  readonly limit: number | undefined;
  /** Lines are JSON objects; this is the field that holds the text. */
  readonly json: string | undefined;
  /** What the hub asks for, if it does. */
  readonly token: string | undefined;
}

export type FeedParsing =
  | { readonly kind: 'options'; readonly options: FeedOptions }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'problem'; readonly problem: string };

const DEFAULT_URL = 'http://127.0.0.1:3000';
/** Lines a second of a file, so that people can watch; a pipe comes at its own pace. */
const FILE_RATE = 50;
const MIN_RATE = 0.01;
const MAX_RATE = 100_000;
const MAX_LIMIT = 1_000_000_000;

const OPTIONS = {
  file: { type: 'string' },
  url: { type: 'string', default: DEFAULT_URL },
  stream: { type: 'string' },
  model: { type: 'string' },
  rate: { type: 'string' },
  loop: { type: 'boolean', default: false },
  limit: { type: 'string' },
  json: { type: 'string' },
  token: { type: 'string' },
  help: { type: 'boolean', default: false, short: 'h' },
} as const;

/** `env`: the token may stand there, where no list of processes shows it. */
export function parseFeedOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): FeedParsing {
  let values: ReturnType<typeof readValues>['values'];
  let extra: readonly string[];
  try {
    ({ values, positionals: extra } = readValues(args));
  } catch (cause) {
    const text = argsProblem(cause);
    if (text === undefined) throw cause;
    return refused([text]);
  }
  if (values.help) return { kind: 'help', text: HELP };
  const problems: string[] = [];
  const { file = '', model, json, loop } = values;
  if (extra.length > 0) problems.push(`unexpected argument "${extra[0]}"; a file is given as --file ${extra[0]}`);
  else if (file === '') problems.push('--file is missing: give a path, or - for standard input');
  if (loop && file === '-') problems.push('--loop needs a file: standard input cannot be read again');
  const url = originOf(values.url);
  if (url === undefined) problems.push(`--url is "${values.url}", expected an address such as ${DEFAULT_URL}`);
  const stream = values.stream ?? defaultStream(file);
  if (!STREAM_NAME.test(stream)) {
    problems.push(
      `--stream is "${stream}", expected 1 to 64 letters, digits, ".", "_", "-" or "/", the first a letter or a digit`,
    );
  }
  if (model !== undefined && !isModelReference(model)) {
    problems.push(`--model is "${model}", expected a name or name@version, such as sentiment or sentiment@2`);
  }
  const token = (values.token ?? env.TICKCAST_TOKEN) || undefined;
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    problems.push('--token, or TICKCAST_TOKEN, is no token: expected ASCII characters without spaces');
  }
  if (json === '') problems.push('--json is empty, expected the name of a field');
  const rate = values.rate === undefined ? (file === '-' ? 0 : FILE_RATE) : rateOf(values.rate);
  if (rate === undefined) {
    problems.push(`--rate is "${values.rate}", expected lines a second, ${MIN_RATE} to ${MAX_RATE}, or 0 for no pace`);
  }
  const limit = values.limit === undefined ? undefined : limitOf(values.limit);
  if (values.limit !== undefined && limit === undefined) {
    problems.push(`--limit is "${values.limit}", expected a whole number from 1 to ${MAX_LIMIT}`);
  }
  if (problems.length > 0 || url === undefined || rate === undefined) return refused(problems);
  return { kind: 'options', options: { file, url, stream, model, rate, loop, limit, json, token } };
}

function readValues(args: readonly string[]) {
  return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
}

function refused(problems: readonly string[]): FeedParsing {
  return { kind: 'problem', problem: `${problems.join('; ')}; see --help` };
}

/** `texts.txt` is published to `texts`. */
function defaultStream(file: string): string {
  if (file === '-') return 'stdin';
  const name = basename(file);
  return streamNameOf(name.replace(/(?<=.)\.[^.]*$/, ''), 'feed');
}

/** `localhost:3000` will do, a path will not: it would be dropped without a word. */
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

function limitOf(text: string): number | undefined {
  const value = Number(text);
  return /^\d+$/.test(text) && value >= 1 && value <= MAX_LIMIT ? value : undefined;
}
