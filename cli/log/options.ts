/** The options of `npm run log`: from argv to checked values, or to the line that says what was wrong. */

import { parseArgs } from 'node:util';

export const COUNTED = ['label', 'model', 'hour'] as const;
export type Counted = (typeof COUNTED)[number];

export interface LogOptions {
  /** A folder of the log, or one of its files. */
  readonly path: string;
  /** The last so many only. */
  readonly tail: number | undefined;
  readonly follow: boolean;
  /** `name` or `name@version` */
  readonly model: string | undefined;
  readonly label: string | undefined;
  readonly stream: string | undefined;
  /** Milliseconds since 1970. */
  readonly since: number | undefined;
  readonly until: number | undefined;
  /** Counts instead of lines. */
  readonly count: Counted | undefined;
  /** Lines as they stand in the files, on a terminal too. */
  readonly json: boolean;
}

export type LogParsing =
  | { readonly kind: 'options'; readonly options: LogOptions }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'problem'; readonly problem: string };

const DEFAULT_PATH = './predictions';
const MAX_TAIL = 100_000;

const HELP = `npm run log -- [FOLDER | FILE] [options]

Reads the prediction log of a hub (--prediction-log): the lines of all its processes, by time.

  FOLDER | FILE    --prediction-log-folder of the hub, or one file [${DEFAULT_PATH}]
  --tail N         the last N lines only
  --follow         goes on with what is added, until Ctrl-C
  --model M        of this model: name or name@version
  --label L        with this label
  --stream S       of this stream
  --since TIME     from then on: a time such as 2026-11-25T20:00Z, or an age such as 90s, 15m, 2h, 1d
  --until TIME     before then, likewise
  --count BY       counts by label, model or hour instead of lines
  --json           lines as they stand in the files, what a terminal would obey escaped; what a pipe gets in any case
  --help           prints this
`;

const OPTIONS = {
  tail: { type: 'string' },
  follow: { type: 'boolean', default: false },
  model: { type: 'string' },
  label: { type: 'string' },
  stream: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
  count: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false, short: 'h' },
} as const;

/** @param now milliseconds since 1970, for ages */
export function parseLogOptions(args: readonly string[], now: number): LogParsing {
  let values: ReturnType<typeof read>['values'];
  let positionals: string[];
  try {
    ({ values, positionals } = read(args));
  } catch (cause) {
    // Node explains at length how to pass an argument that looks like an option: its first sentence is enough.
    return refused([cause instanceof Error ? (cause.message.split('. ', 1)[0] ?? '') : String(cause)]);
  }
  if (values.help) return { kind: 'help', text: HELP };
  const problems: string[] = [];
  const [path = DEFAULT_PATH, extra] = positionals;
  if (extra !== undefined) problems.push(`unexpected argument "${extra}": one folder or file at a time`);
  const { follow, model, label, stream, json } = values;
  const tail = values.tail === undefined ? undefined : Number(values.tail);
  if (tail !== undefined && !(/^\d+$/.test(values.tail ?? '') && tail <= MAX_TAIL))
    problems.push(`--tail is "${values.tail}", expected a whole number up to ${MAX_TAIL}`);
  const time = (name: 'since' | 'until'): number | undefined => {
    const text = values[name];
    if (text === undefined) return undefined;
    const at = timeOf(text, now);
    if (at === undefined)
      problems.push(`--${name} is "${text}", expected a time such as 2026-11-25T20:00Z or an age such as 15m`);
    return at;
  };
  const [since, until] = [time('since'), time('until')];
  const count = COUNTED.find((by) => by === values.count);
  if (values.count !== undefined && count === undefined)
    problems.push(`--count is "${values.count}", expected ${COUNTED.join(', ')}`);
  if (values.count !== undefined && follow)
    problems.push('--count and --follow cannot go together: a count has an end');
  if (problems.length > 0) return refused(problems);
  return { kind: 'options', options: { path, tail, follow, model, label, stream, since, until, count, json } };
}

function read(args: readonly string[]) {
  return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
}

function refused(problems: readonly string[]): LogParsing {
  return { kind: 'problem', problem: `${problems.join('; ')}; see --help` };
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function timeOf(text: string, now: number): number | undefined {
  const [, amount, unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? [];
  if (amount !== undefined) return now - Number(amount) * (UNIT_MS[unit] ?? 0);
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}
