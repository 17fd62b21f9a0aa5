/** The demo's options: from argv to checked values, or to the line that says what was wrong. Knows nothing of what they start. */

import { parseArgs } from 'node:util';
import { argsProblem } from './args-problem.js';

export interface DemoOptions {
  /** Messages a second. */
  readonly rate: number;
  /** Port of the hub; 0 takes a free one. Undefined: 3000 if it is free, else a free one. */
  readonly port: number | undefined;
  /** Seconds until the demo ends by itself; undefined: at Ctrl-C. */
  readonly durationSeconds: number | undefined;
  /** The same seed gives the same messages. */
  readonly seed: number;
}

export type OptionsOutcome =
  | { readonly kind: 'options'; readonly options: DemoOptions }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'problem'; readonly problem: string };

interface NumberOption {
  readonly min: number;
  readonly max: number;
  /** Undefined: none, or as `doc` says. */
  readonly standard: number | undefined;
  readonly doc: string;
}

/** Above this rate the feed's own process is what is measured. */
const MAX_RATE = 5_000;

const OPTIONS = {
  rate: { min: 1, max: MAX_RATE, standard: 40, doc: 'messages a second; try 2000 to see batches grow' },
  port: {
    min: 0,
    max: 65_535,
    standard: undefined,
    doc: 'port of the hub; 0 takes a free one [3000 if free, else a free one]',
  },
  duration: {
    min: 1,
    max: 86_400,
    standard: undefined,
    doc: 'seconds until it ends by itself; without, Ctrl-C ends it',
  },
  seed: { min: 0, max: 2 ** 32 - 1, standard: 1, doc: 'the same seed gives the same messages' },
} as const satisfies Record<string, NumberOption>;

type OptionName = keyof typeof OPTIONS;

export function parseOptions(args: readonly string[]): OptionsOutcome {
  const given = readArgs(args);
  if ('problem' in given) return problem(given.problem);
  if (given.help) return { kind: 'help', text: helpText() };
  const problems: string[] = [];
  const number = (name: OptionName): number | undefined => {
    const { min, max, standard }: NumberOption = OPTIONS[name];
    const text = given.values[name];
    if (text === undefined) return standard;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    problems.push(`--${name} is "${text}", expected a whole number from ${min} to ${max}`);
    return undefined;
  };
  const [rate, port, durationSeconds, seed] = [number('rate'), number('port'), number('duration'), number('seed')];
  if (problems.length > 0 || rate === undefined || seed === undefined) {
    return problem(problems.join('; '));
  }
  return { kind: 'options', options: { rate, port, durationSeconds, seed } };
}

function readArgs(
  args: readonly string[],
): { readonly help: boolean; readonly values: Readonly<Partial<Record<OptionName, string>>> } | { problem: string } {
  try {
    const { help, ...values } = parseArgs({
      args: [...args],
      options: {
        rate: { type: 'string' },
        port: { type: 'string' },
        duration: { type: 'string' },
        seed: { type: 'string' },
        help: { type: 'boolean', default: false, short: 'h' },
      },
    }).values;
    return { help, values };
  } catch (cause) {
    const text = argsProblem(cause);
    if (text === undefined) throw cause;
    return { problem: text };
  }
}

function problem(text: string): OptionsOutcome {
  return { kind: 'problem', problem: `${text}; see --help` };
}

function helpText(): string {
  const rows = Object.entries(OPTIONS).map(([name, option]: [string, NumberOption]) => {
    const left = `  --${name} ${option.min}..${option.max}`;
    return `${left.padEnd(24)}${option.doc}${option.standard === undefined ? '' : ` [${option.standard}]`}`;
  });
  return [
    'A live demo: starts a hub with the sentiment model and a feed of made-up messages, and shows what comes back.',
    '',
    'Usage: npm run demo -- [options]      or, once built, node dist/demo/main.js [options]',
    '',
    ...rows,
    `${'  --help'.padEnd(24)}prints this`,
    '',
    'NO_COLOR=1 leaves the colours out. Without a terminal it prints a line a second. Ctrl-C ends all of it.',
    '',
  ].join('\n');
}
