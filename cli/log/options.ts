/** The options of `tickcast log`: from argv to validated values, or to a one-line problem. */

import { bare, integer, type Option, oneOf, optional, read, text, type ValuesOf } from '../../command-line/option.js';
import type { Program } from '../../command-line/program.js';

const COUNTED = ['label', 'model', 'hour'] as const;
export type Counted = (typeof COUNTED)[number];

const DEFAULT_PATH = './predictions';
const MAX_TAIL = 100_000;
const TIME_FORM = 'a time such as 2026-11-25T20:00Z or an age such as 15m';
/** Ages count back from the program's start. */
const STARTED = Date.now();

const OPTIONS = {
  tail: optional(integer(0, MAX_TAIL, 0, 'The last so many lines only.')),
  follow: bare('Goes on with what is added, until Ctrl-C.'),
  model: optional(text('M', '', 'Of this model: name or name@version.')),
  label: optional(text('L', '', 'With this label.')),
  stream: optional(text('S', '', 'Of this stream.')),
  /** Milliseconds since 1970. */
  since: time('From then on: a time such as 2026-11-25T20:00Z, or an age such as 90s, 15m, 2h, 1d.'),
  until: time('Before then, likewise.'),
  count: optional(oneOf<Counted>(COUNTED, 'label', 'Counts by that instead of lines.')),
  json: bare('Lines as they stand in the files, what a terminal would obey escaped; what a pipe gets in any case.'),
};

export type LogOptions = ValuesOf<typeof OPTIONS>;

export const LOG: Program<typeof OPTIONS> = {
  name: 'tickcast log',
  intro: `Usage: tickcast log [FOLDER | FILE] [options]

Reads the prediction log of a hub (--prediction-log): the lines of all its processes, by time.`,
  options: OPTIONS,
  operands: {
    form: 'FOLDER | FILE',
    doc: `--prediction-log-folder of the hub, or one file. [${DEFAULT_PATH}]`,
    most: 1,
  },
  strayHint: () => ': one folder or file at a time',
  check: ({ count, follow }) => [
    count !== undefined && follow && '--count and --follow cannot go together: a count has an end',
  ],
};

const ERASE_OPTIONS = {
  subject: optional(text('S', '', 'Lines of requests with this subject.')),
  before: time('Lines from before then: a time, or an age such as 30d.'),
  dryRun: bare('Counts them and changes nothing.'),
};

export type EraseOptions = ValuesOf<typeof ERASE_OPTIONS>;

export const ERASE: Program<typeof ERASE_OPTIONS> = {
  name: 'tickcast log erase',
  intro: `Usage: tickcast log erase [FOLDER | FILE] [options]

Erases lines of the prediction log in place, also while hubs write it: blanks take their room. With several conditions,
those that meet all.`,
  options: ERASE_OPTIONS,
  operands: {
    form: 'erase FOLDER | FILE',
    doc: `--prediction-log-folder of the hub, or one file. [${DEFAULT_PATH}]`,
    most: 2,
  },
  strayHint: () => ': one folder or file at a time',
  check: ({ subject, before }) => [
    (subject ?? '') === '' && before === undefined && 'nothing says what to erase; give --subject, --before, or both',
  ],
};

/** A folder of the log, or one of its files. */
export function pathOf([path = DEFAULT_PATH]: readonly string[]): string {
  return path;
}

function time(doc: string): Option<number | undefined> {
  return optional(read('TIME', TIME_FORM, (given) => timeOf(given, STARTED), 0, doc));
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function timeOf(text: string, now: number): number | undefined {
  const [, amount, unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? [];
  if (amount !== undefined) return now - Number(amount) * (UNIT_MS[unit] ?? 0);
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}
