/** The hub's command line: its table of options, their environment variables, and checks across options. */

import { flagOf, type Option, type ValuesOf } from '../../command-line/option.js';
import { type Environment, hint, type Program, readCommandLine } from '../../command-line/program.js';
import type { HubLimits } from '../../shared/limits.js';
import { OPTION_GROUPS, OPTIONS } from './options.js';
import { version } from './version.js';

/** The effective options. */
export type Config = ValuesOf<typeof OPTIONS>;

/** The result of {@link readConfig}; `message` names everything that is wrong, in one line. */
export type ConfigOutcome =
  | { readonly kind: 'config'; readonly config: Config }
  | { readonly kind: 'help' | 'version' }
  | { readonly kind: 'problem'; readonly message: string };

/** Used by scripts and SDK programs to reach a hub, not by the hub. */
const CLIENT_TOKEN = 'TICKCAST_TOKEN';

/** The hub's command line as a table. */
export const HUB: Program<typeof OPTIONS> = {
  name: 'tickcast',
  intro: `tickcast serve: a real-time prediction hub

Usage: tickcast [serve] [options]`,
  options: OPTIONS,
  groups: OPTION_GROUPS,
  version,
  variableOf: envOf,
  check: (config, { env }) => [...unknownVariables(env), ...contradictions(config)],
  outro: `Every option also by environment: ${flagOf('maxBatchRows')} is ${envOf('maxBatchRows')}. A flag wins.`,
};

/** `maxBatchRows` -> `TICKCAST_MAX_BATCH_ROWS`. */
export function envOf(name: string): string {
  return `TICKCAST_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/**
 * All options at their defaults, with some changed, for a program without a command line. Applies the command line's
 * checks. Throws a TypeError that names each invalid option and what was expected.
 */
export function configWith(changes: Partial<Config> = {}): Config {
  const names = Object.keys(OPTIONS);
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, option] of Object.entries<Option<unknown>>(OPTIONS)) values[name] = option.default;
  for (const [name, value] of Object.entries(changes)) {
    const option: Option<unknown> | undefined = Object.hasOwn(OPTIONS, name)
      ? OPTIONS[name as keyof Config]
      : undefined;
    if (option === undefined) problems.push(`unknown option ${name}${hint(name, names)}`);
    else if (value === undefined || isOf(option, value)) values[name] = value ?? option.default;
    else {
      const reason = option.why?.(String(value));
      problems.push(reason ? `${name}: ${reason}` : `${name} is ${JSON.stringify(value)}, expected ${option.form}`);
    }
  }
  problems.push(...contradictions(values as Config).filter((one) => typeof one === 'string'));
  if (problems.length > 0) throw new TypeError(`configWith: ${problems.join('; ')}`);
  return values as Config;
}

/** Whether the command line could express this value. */
function isOf(option: Option<unknown>, value: unknown): boolean {
  if (JSON.stringify(value) === JSON.stringify(option.default)) return true;
  if (!Array.isArray(value) && typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
    return false;
  return JSON.stringify(option.parse(String(value))) === JSON.stringify(value);
}

/** The limits that clients and doors are told. */
export function limitsOf(config: Config): HubLimits {
  const { maxFrameBytes, maxJsonBytes, maxRequestRows, maxInFlightRows, maxTextLength } = config;
  return { maxFrameBytes, maxJsonBytes, maxRequestRows, maxInFlightRows, maxTextLength };
}

/** Reads flags, then the environment, then the defaults. */
export function readConfig(args: readonly string[], env: Environment): ConfigOutcome {
  const outcome = readCommandLine(HUB, args, env);
  switch (outcome.kind) {
    case 'problem':
      return { kind: 'problem', message: outcome.problem };
    case 'values':
      return { kind: 'config', config: Object.freeze(outcome.values) };
    default:
      return outcome;
  }
}

/** Others may not be ours: Kubernetes sets TICKCAST_SERVICE_HOST and the like for a service of this name. */
function unknownVariables(env: Environment): readonly string[] {
  const known = [CLIENT_TOKEN, ...Object.keys(OPTIONS).map(envOf)];
  return Object.keys(env).flatMap((name) => {
    const near = name.startsWith('TICKCAST_') && !known.includes(name) ? hint(name, known) : '';
    return near === '' ? [] : [`unknown variable ${name}${near}`];
  });
}

function contradictions(config: Config): readonly (string | false)[] {
  const exceeds = (less: keyof Config, more: keyof Config): string | false =>
    config[less] > config[more] && `${flagOf(less)} is ${config[less]}, more than ${flagOf(more)} ${config[more]}`;
  return [
    exceeds('maxJsonBytes', 'maxFrameBytes'),
    exceeds('maxViewerBytes', 'maxOutboxBytes'),
    config.open &&
      config.tokenFile !== '' &&
      `${flagOf('open')} lets everybody in and ${flagOf('tokenFile')} only who has a token; leave one of them out`,
  ];
}
