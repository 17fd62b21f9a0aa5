/**
 * The command line of a program: the table of its options, and the values that flags and variables give them. Neither
 * prints nor exits.
 */

import { parseArgs } from 'node:util';
import { nearMiss } from '../shared/words/near-miss.js';
import { entriesOf, flagOf, type Option, type OptionTable, type ValuesOf } from './option.js';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Program<Table extends OptionTable> {
  /** Prefix of problems: `feed: --rate is ...`. */
  readonly name: string;
  /** What it does and how to call it: the head of `--help`. */
  readonly intro: string;
  readonly options: Table;
  /** Groups of options in `--help`; without titles by default. */
  readonly groups?: readonly OptionGroup[];
  /** Printed by `--version`, in programs that have it. */
  readonly version?: string;
  /** The arguments that are not options, and how many there may be; none by default. */
  readonly operands?: { readonly form: string; readonly doc: string; readonly most: number };
  /** Advice on an argument that has no place. */
  readonly strayHint?: (argument: string) => string;
  /** The environment variable equivalent to an option. */
  readonly variableOf?: (name: string) => string | undefined;
  /**
   * What is wrong with the options in combination, or with an operand. Options that are invalid on their own have their
   * defaults. A method, so that a program with a specific table is assignable to one with any.
   */
  check?(values: ValuesOf<Table>, given: Given): readonly (string | false | undefined)[];
  /** The end of `--help`. */
  readonly outro?: string;
}

export interface OptionGroup {
  readonly title: string;
  readonly options: OptionTable;
}

export interface Given {
  readonly operands: readonly string[];
  readonly env: Environment;
}

export type Parsed<Table extends OptionTable> =
  | { readonly kind: 'values'; readonly values: ValuesOf<Table>; readonly operands: readonly string[] }
  | { readonly kind: 'help' | 'version' }
  /** One line with everything that is wrong. */
  | { readonly kind: 'problem'; readonly problem: string };

/** What a command line says, as far as it can be understood. */
export interface Understood<Table extends OptionTable> {
  readonly asks?: 'help' | 'version';
  /** Options that are invalid have their defaults. */
  readonly values: ValuesOf<Table>;
  readonly operands: readonly string[];
  readonly problems: readonly string[];
  /** Names of the options whose own value is missing or invalid. */
  readonly invalid: ReadonlySet<string>;
}

/** Reads flags (`--name value` or `--name=value`; the last one wins), then the environment, then the defaults. */
export function readCommandLine<Table extends OptionTable>(
  program: Program<Table>,
  args: readonly string[],
  env: Environment = {},
): Parsed<Table> {
  const { asks, values, operands, problems } = understand(program, args, env);
  if (asks !== undefined) return { kind: asks };
  if (problems.length > 0) return { kind: 'problem', problem: `${problems.join('; ')}; see --help` };
  return { kind: 'values', values, operands };
}

/** The same, for a program that goes on with what is valid. */
export function understand<Table extends OptionTable>(
  program: Program<Table>,
  args: readonly string[],
  env: Environment,
): Understood<Table> {
  const { options, variableOf = () => undefined, operands: { most } = { most: 0 }, check = () => [] } = program;
  const { texts, asks, operands, problems, invalid } = readFlags(program, args);
  for (const stray of operands.slice(most))
    problems.push(`unexpected argument ${JSON.stringify(stray)}${program.strayHint?.(stray) ?? ''}`);
  const given = new Map<string, { readonly text: string; readonly from: string }>();
  for (const name of Object.keys(options)) {
    const variable = variableOf(name);
    const text = variable === undefined ? '' : (env[variable] ?? '');
    if (variable !== undefined && text !== '') given.set(name, { text, from: variable });
  }
  for (const [name, text] of texts) given.set(name, { text, from: flagOf(name) });
  const isQuick = texts.get('quick') === 'true';
  const entries = new Map(
    Object.entries(options).map(([name, { default: initial, quick }]) => [
      name,
      isQuick && quick !== undefined ? quick : initial,
    ]),
  );
  for (const [name, { text, from }] of given) {
    const option = options[name];
    const value = option?.parse(text);
    if (value !== undefined) entries.set(name, value);
    else if (option !== undefined) {
      problems.push(wrongValue(from, text, option));
      invalid.add(name);
    }
  }
  // The keys are the table's own names, each with a value of its option.
  const values = Object.fromEntries(entries) as ValuesOf<Table>;
  problems.push(...check(values, { operands, env }).filter((one) => typeof one === 'string'));
  return { ...(asks === undefined ? {} : { asks }), values, operands, problems, invalid };
}

/** ` (did you mean --port?)`, or nothing. */
export function hint(given: string, known: readonly string[]): string {
  const nearest = nearMiss(given, known);
  return nearest === undefined ? '' : ` (did you mean ${nearest}?)`;
}

interface Flags {
  /** Keyed by the option's name. */
  readonly texts: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
  readonly problems: string[];
  /** Names of options without their value. */
  readonly invalid: Set<string>;
  readonly asks?: 'help' | 'version';
}

/**
 * What the argument at this index is unless it is a flag: true or false for a bare flag, or the value of a faulty flag,
 * which must not be reported twice.
 */
interface Expected {
  readonly at: number;
  readonly bare?: string;
}

function readFlags({ options, version }: Program<OptionTable>, args: readonly string[]): Flags {
  const names = new Map(Object.keys(options).map((name) => [flagOf(name), name]));
  const texts = new Map<string, string>();
  const operands: string[] = [];
  const problems: string[] = [];
  const invalid = new Set<string>();
  let expected: Expected = { at: -1 };
  for (const token of tokensOf(options, args)) {
    const { at, bare } = expected;
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      if (token.index !== at || (bare !== undefined && !/^(true|false)$/.test(token.value))) operands.push(token.value);
      else if (bare !== undefined) texts.set(bare, token.value);
      continue;
    }
    const { index, value, inlineValue } = token;
    const flag = (args[index] ?? '').split('=', 1)[0] ?? '';
    if (flag === '--help' || flag === '-h') return { texts, operands, problems, invalid, asks: 'help' };
    if (flag === '--version' && version !== undefined) return { texts, operands, problems, invalid, asks: 'version' };
    const name = names.get(flag) ?? '';
    const option = options[name];
    if (option === undefined) {
      const problem = `unknown option ${flag}${hint(flag, [...names.keys()])}`;
      // Once is enough for `-abc`.
      if (!problems.includes(problem)) problems.push(problem);
      expected = { at: value === undefined ? index + 1 : -1 };
    } else if (option.isBare === true) {
      texts.set(name, value ?? 'true');
      expected = { at: value === undefined ? index + 1 : -1, bare: name };
    } else if (value === undefined || (inlineValue === false && value.startsWith('--'))) {
      problems.push(`${flag} needs a value (${option.form})`);
      invalid.add(name);
      // It took the next flag as its value, whose own value is left over.
      expected = { at: index + 2 };
    } else texts.set(name, value);
  }
  return { texts, operands, problems, invalid };
}

/**
 * Node's own messages name neither what was expected nor what was probably meant, so Node only splits the command line.
 */
function tokensOf(options: OptionTable, args: readonly string[]) {
  const kinds = Object.entries(options).map(([name, { isBare }]) => [
    flagOf(name).slice(2),
    { type: isBare === true ? 'boolean' : 'string' } as const,
  ]);
  const config = { args: [...args], options: Object.fromEntries(kinds), strict: false, allowPositionals: true };
  return parseArgs({ ...config, tokens: true }).tokens;
}

function wrongValue(from: string, text: string, { form, entries, isBare, why }: Option<unknown>): string {
  const reason = why?.(text);
  if (reason !== undefined) return `${from}: ${reason}`;
  const expected = `expected ${isBare === true ? 'true | false' : form}`;
  const unknown = entries && entriesOf(text).find((entry) => !entries.includes(entry));
  if (unknown === undefined) return `${from} is ${JSON.stringify(text)}, ${expected}`;
  return `${from} has ${JSON.stringify(unknown)}${hint(unknown, entries ?? [])}, ${expected}`;
}
