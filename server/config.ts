/** Every option of the hub in one table: flags, environment, `--help`, docs and the typed config are derived from it. */

import { nearMiss } from './models/near-miss.js';
import { isOrigin } from './transports/origin-policy.js';

/** One option: how its text is read, and what people are told of it. */
interface Option<T> {
  readonly default: T;
  /** What may be given, such as `1 to 60000` or a placeholder. */
  readonly form: string;
  readonly doc: string;
  /** The value, or undefined when the text is not of the form. */
  readonly parse: (text: string) => T | undefined;
}

function text(placeholder: string, initial: string, doc: string): Option<string> {
  return { default: initial, form: placeholder, doc, parse: (given) => (given === '' ? undefined : given) };
}

function integer(min: number, max: number, initial: number, doc: string): Option<number> {
  const parse = (given: string): number | undefined => {
    const value = Number(given);
    return /^\d+$/.test(given) && value >= min && value <= max ? value : undefined;
  };
  return { default: initial, form: `${min} to ${max}`, doc, parse };
}

function oneOf<const T extends string>(values: readonly T[], initial: T, doc: string): Option<T> {
  return { default: initial, form: values.join(' | '), doc, parse: (given) => values.find((value) => value === given) };
}

function originList(doc: string): Option<readonly string[]> {
  const parse = (given: string): readonly string[] | undefined => {
    const list = given.split(',').map((entry) => entry.trim());
    return list.every(isOrigin) ? list : undefined;
  };
  return { default: [], form: 'ORIGIN,...', doc, parse };
}

function flag(initial: boolean, doc: string): Option<boolean> {
  const parse = (given: string): boolean | undefined =>
    given === 'true' ? true : given === 'false' ? false : undefined;
  return { default: initial, form: 'true | false', doc, parse };
}

const MIB = 1 << 20;

export const OPTIONS = {
  model: text(
    'PATH',
    './model',
    'A model.json, a version folder, a model folder, or a repository of <name>/<version>/.',
  ),
  defaultModel: text(
    'NAME',
    '',
    'The model that answers requests which name none. Empty: the bare model, else the only one.',
  ),
  host: text('HOST', '127.0.0.1', 'Address to listen on; 0.0.0.0 for every interface.'),
  port: integer(0, 65_535, 3000, 'Port to listen on; 0 takes a free one, which the log names.'),
  corsOrigin: originList('Web origins besides the hub’s own that may use it (REST, polling and WebSocket); * for all.'),
  engine: oneOf(
    ['auto', 'native', 'wasm', 'cpu'],
    'auto',
    'What computes: auto takes native where it is installed, else wasm.',
  ),
  engineThreads: integer(1, 64, 1, 'Threads that compute, each with all models: batches that run at a time.'),
  tickMs: integer(
    0,
    1000,
    0,
    'How long an idle engine waits for more rows, in milliseconds. 0 never waits on purpose.',
  ),
  maxBatchMs: integer(1, 60_000, 50, 'A batch may take about this long, in milliseconds, by its measured cost.'),
  maxBatchRows: integer(1, 1_048_576, 4096, 'Most rows of a batch, whatever they cost.'),
  maxQueueRows: integer(1, 1_048_576, 8192, 'Most rows waiting for one model; more are refused OVERLOADED.'),
  maxArenaBytes: integer(
    1024,
    64 * 1024 * MIB,
    256 * MIB,
    'Most bytes of tensor rows kept for one model, waiting and running.',
  ),
  maxRequestRows: integer(1, 1_048_576, 1024, 'Most rows of one request.'),
  maxInFlightRows: integer(1, 1_048_576, 1024, 'Most rows one connection may have unanswered: its credit.'),
  maxTextLength: integer(
    1,
    10_000_000,
    10_000,
    'Most characters of one text, where the model’s manifest does not say less.',
  ),
  maxFrameBytes: integer(1024, 256 * MIB, MIB, 'Largest message or body; a larger message closes its connection.'),
  maxJsonBytes: integer(
    256,
    256 * MIB,
    65_536,
    'Largest JSON text of one Socket.IO event; a larger predict is answered TOO_LARGE.',
  ),
  maxOutboxBytes: integer(1024, 256 * MIB, MIB, 'Most bytes that may wait unread on one connection before it is cut.'),
  maxStreams: integer(1, 100_000, 100, 'Most streams at a time; a request that would make another is refused.'),
  maxStreamItems: integer(
    1,
    100_000,
    1000,
    'Predictions that a stream keeps, for history and for viewers that come back.',
  ),
  maxStreamBytes: integer(1024, 1024 * MIB, 2 * MIB, 'Most bytes of predictions that a stream keeps, about.'),
  streamIdleMs: integer(
    1000,
    86_400_000,
    600_000,
    'A stream that nobody publishes to or views for so long is forgotten, in milliseconds.',
  ),
  maxSubscriptions: integer(1, 1000, 16, 'Most subscriptions of one connection.'),
  maxViewerBytes: integer(
    1024,
    256 * MIB,
    256 * 1024,
    'Unread bytes above which a viewer is sent nothing more until it reads; then it gets the newest.',
  ),
  slowViewerMs: integer(
    10,
    600_000,
    10_000,
    'How long a viewer may stay above maxViewerBytes before its subscription is ended, in milliseconds.',
  ),
  receipts: flag(true, 'Whether predictions carry a receipt of where their time went, and windows its percentiles.'),
  resumeMs: integer(
    0,
    600_000,
    10_000,
    'How long the requests of an SDK whose connection was lost are kept, in milliseconds.',
  ),
  watchdogMs: integer(
    50,
    600_000,
    2000,
    'A batch that takes this long, and ten times its expected time, is held to hang, in milliseconds.',
  ),
  graceMs: integer(0, 600_000, 10_000, 'How long a shutdown waits for what was accepted, in milliseconds.'),
  drainDelayMs: integer(0, 600_000, 0, 'How long a shutdown goes on serving after /readyz says 503, in milliseconds.'),
  logLevel: oneOf(
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    'info',
    'Least severe level that is logged.',
  ),
} as const satisfies Record<string, Option<unknown>>;

type OptionName = keyof typeof OPTIONS;

/** The effective options. */
export type Config = { readonly [Name in OptionName]: NonNullable<ReturnType<(typeof OPTIONS)[Name]['parse']>> };

export type ConfigOutcome =
  | { readonly kind: 'config'; readonly config: Config }
  | { readonly kind: 'help' | 'version' }
  | { readonly kind: 'problem'; readonly message: string };

/** `maxBatchRows` -> `--max-batch-rows`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** `maxBatchRows` -> `TICKCAST_MAX_BATCH_ROWS`. */
export function envOf(name: string): string {
  return `TICKCAST_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** All options at their defaults, with some of them changed. */
export function configWith(changes: Partial<Config> = {}): Config {
  const defaults = Object.fromEntries(Object.entries(OPTIONS).map(([name, option]) => [name, option.default]));
  return { ...(defaults as Config), ...changes };
}

/** Reads flags (`--name value` or `--name=value`), then the environment, then the defaults. */
export function readConfig(args: readonly string[], env: Readonly<Record<string, string | undefined>>): ConfigOutcome {
  const problems: string[] = [];
  const known = optionNames().map(envOf);
  const given = new Map<OptionName, { readonly text: string; readonly from: string }>();
  for (const name of optionNames()) {
    const value = env[envOf(name)];
    if (value !== undefined && value !== '') given.set(name, { text: value, from: envOf(name) });
  }
  // Others may be somebody else's: Kubernetes sets TICKCAST_SERVICE_HOST and the like for a service of this name.
  for (const name of Object.keys(env)) {
    const near = name.startsWith('TICKCAST_') && !known.includes(name) ? hint(name, known) : '';
    if (near !== '') problems.push(`unknown variable ${name}${near}`);
  }
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (arg === '--help' || arg === '-h') return { kind: 'help' };
    if (arg === '--version') return { kind: 'version' };
    const [flag = '', inline] = arg.split(/=(.*)/s, 2);
    const name = optionNames().find((option) => flagOf(option) === flag);
    if (name === undefined) {
      problems.push(`unknown option ${flag}${hint(flag, optionNames().map(flagOf))}`);
      // What follows is its value, not a second fault.
      if (inline === undefined && args[i + 1]?.startsWith('--') === false) i += 1;
      continue;
    }
    const value = inline ?? args[++i];
    if (value === undefined) problems.push(`${flag} needs a value (${OPTIONS[name].form})`);
    else given.set(name, { text: value, from: flag });
  }
  const values: Record<string, unknown> = {};
  for (const [name, { text: value, from }] of given) {
    const parsed: unknown = OPTIONS[name].parse(value);
    if (parsed === undefined) problems.push(`${from} is ${JSON.stringify(value)}, expected ${OPTIONS[name].form}`);
    else values[name] = parsed;
  }
  const config = configWith(values);
  if (config.maxJsonBytes > config.maxFrameBytes) {
    problems.push(
      `${flagOf('maxJsonBytes')} is ${config.maxJsonBytes}, more than ${flagOf('maxFrameBytes')} ${config.maxFrameBytes}`,
    );
  }
  if (config.maxViewerBytes > config.maxOutboxBytes) {
    problems.push(
      `${flagOf('maxViewerBytes')} is ${config.maxViewerBytes}, more than ${flagOf('maxOutboxBytes')} ${config.maxOutboxBytes}`,
    );
  }
  if (problems.length > 0) return { kind: 'problem', message: `${problems.join('; ')}; see --help` };
  return { kind: 'config', config: Object.freeze(config) };
}

/** The text of `--help`. */
export function helpText(): string {
  const rows = optionNames().map((name) => {
    const option: Option<unknown> = OPTIONS[name];
    const initial = Array.isArray(option.default) ? option.default.join(',') : String(option.default);
    return [
      `  ${flagOf(name)} ${option.form.replaceAll(' | ', '|').replace(' to ', '..')}`,
      option.doc,
      initial === '' ? '' : ` [${initial}]`,
    ] as const;
  });
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return [
    'tickcast: a real-time prediction hub',
    '',
    'Usage: npm start -- [options]      or      node dist/server/main.js [options]',
    '',
    ...rows.map(([left, doc, initial]) => `${left.padEnd(width)}${doc}${initial}`),
    `${'  --version'.padEnd(width)}Prints the version.`,
    `${'  --help'.padEnd(width)}Prints this.`,
    '',
    `Every option also by environment: ${flagOf('maxBatchRows')} is ${envOf('maxBatchRows')}. A flag wins.`,
    '',
  ].join('\n');
}

function optionNames(): OptionName[] {
  return Object.keys(OPTIONS) as OptionName[];
}

function hint(given: string, known: readonly string[]): string {
  const nearest = nearMiss(given, known);
  return nearest === undefined ? '' : ` (did you mean ${nearest}?)`;
}
