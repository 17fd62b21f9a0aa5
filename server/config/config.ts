/** Reads the effective options from flags and environment, and writes `--help`. */

import { nearMiss } from '../models/near-miss.js';
import type { Option } from './option.js';
import { OPTION_GROUPS, OPTIONS } from './options.js';

type OptionName = keyof typeof OPTIONS;

/** The effective options. */
export type Config = { readonly [Name in OptionName]: NonNullable<ReturnType<(typeof OPTIONS)[Name]['parse']>> };

export type ConfigOutcome =
  | { readonly kind: 'config'; readonly config: Config }
  | { readonly kind: 'help' | 'version' }
  | { readonly kind: 'problem'; readonly message: string };

/** What the scripts and the SDK's programs come to a hub with; not the hub's. */
const CLIENT_TOKEN = 'TICKCAST_TOKEN';

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
  const known = [CLIENT_TOKEN, ...optionNames().map(envOf)];
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
    const isAlone = isBare(name) && !['true', 'false'].includes(args[i + 1] ?? '');
    const value = inline ?? (isAlone ? 'true' : args[++i]);
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
  if (config.open && config.tokenFile !== '') {
    problems.push(
      `${flagOf('open')} lets everybody in and ${flagOf('tokenFile')} only who has a token; leave one of them out`,
    );
  }
  if (problems.length > 0) return { kind: 'problem', message: `${problems.join('; ')}; see --help` };
  return { kind: 'config', config: Object.freeze(config) };
}

/** The text of `--help`. */
export function helpText(): string {
  const left = (name: string, { form }: Option<unknown>): string =>
    `  ${flagOf(name)} ${form.replaceAll(' | ', '|').replace(' to ', '..')}`;
  const width = Math.max(...Object.entries(OPTIONS).map(([name, option]) => left(name, option).length)) + 2;
  const groups = OPTION_GROUPS.flatMap(({ title, options }) => [
    `${title}:`,
    ...Object.entries(options).map(([name, option]) => {
      const initial = Array.isArray(option.default) ? option.default.join(',') : String(option.default);
      return `${left(name, option).padEnd(width)}${option.doc}${initial === '' ? '' : ` [${initial}]`}`;
    }),
    '',
  ]);
  return [
    'tickcast: a real-time prediction hub',
    '',
    'Usage: npm start -- [options]      or      node dist/server/main.js [options]',
    '',
    ...groups,
    `${'  --version'.padEnd(width)}Prints the version.`,
    `${'  --help'.padEnd(width)}Prints this.`,
    '',
    `Every option also by environment: ${flagOf('maxBatchRows')} is ${envOf('maxBatchRows')}. A flag wins.`,
    '',
  ].join('\n');
}

function isBare(name: OptionName): boolean {
  const option: Option<unknown> = OPTIONS[name];
  return option.isBare === true;
}

function optionNames(): OptionName[] {
  return Object.keys(OPTIONS) as OptionName[];
}

function hint(given: string, known: readonly string[]): string {
  const nearest = nearMiss(given, known);
  return nearest === undefined ? '' : ` (did you mean ${nearest}?)`;
}
