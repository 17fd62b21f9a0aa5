/** A program as its command line has it: the table of its options, and what flags and variables come to by that table. Ends nothing, prints nothing. */

import { parseArgs } from 'node:util';
import { nearMiss } from '../shared/words/near-miss.js';
import { entriesOf, flagOf, type Option, type OptionTable, type ValuesOf } from './option.js';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Program<Table extends OptionTable> {
  /** What a problem is told under: `feed: --rate is ...`. */
  readonly name: string;
  /** What it does and how it is called: the top of `--help`. */
  readonly intro: string;
  readonly options: Table;
  /** As `--help` shows the options; by default without titles. */
  readonly groups?: readonly OptionGroup[];
  /** What `--version` prints, in a program that has it. */
  readonly version?: string;
  /** The arguments that are no options, and how many there may be; by default none. */
  readonly operands?: { readonly form: string; readonly doc: string; readonly most: number };
  /** What to do with an argument that has no place. */
  readonly strayHint?: (argument: string) => string;
  /** The variable that says the same as an option. */
  readonly variableOf?: (name: string) => string | undefined;
  /** What is wrong with the options together, or with an operand. Options that are wrong by themselves are at their defaults. */
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

export type Outcome<Table extends OptionTable> =
  | { readonly kind: 'values'; readonly values: ValuesOf<Table>; readonly operands: readonly string[] }
  | { readonly kind: 'help' | 'version' }
  /** One line, all that is wrong. */
  | { readonly kind: 'problem'; readonly problem: string };

/** Reads flags (`--name value` or `--name=value`, the last one counts), then the environment, then the defaults. */
export function readCommandLine<Table extends OptionTable>(
  program: Program<Table>,
  args: readonly string[],
  env: Environment = {},
): Outcome<Table> {
  const { options, variableOf = () => undefined, operands: { most } = { most: 0 }, check = () => [] } = program;
  const { texts, asks, arguments: operands, problems } = readFlags(program, args);
  if (asks !== undefined) return { kind: asks };
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
    else if (option !== undefined) problems.push(wrongValue(from, text, option));
  }
  // Of the table's own names, each with a value of its option.
  const values = Object.fromEntries(entries) as ValuesOf<Table>;
  problems.push(...check(values, { operands, env }).filter((one) => typeof one === 'string'));
  if (problems.length > 0) return { kind: 'problem', problem: `${problems.join('; ')}; see --help` };
  return { kind: 'values', values, operands };
}

/** ` (did you mean --port?)`, or nothing. */
export function hint(given: string, known: readonly string[]): string {
  const nearest = nearMiss(given, known);
  return nearest === undefined ? '' : ` (did you mean ${nearest}?)`;
}

interface Flags {
  /** By the option's name. */
  readonly texts: ReadonlyMap<string, string>;
  readonly asks: 'help' | 'version' | undefined;
  readonly arguments: readonly string[];
  readonly problems: string[];
}

function readFlags({ options, version }: Program<OptionTable>, args: readonly string[]): Flags {
  const names = new Map(Object.keys(options).map((name) => [flagOf(name), name]));
  const kinds = Object.entries(options).map(([name, { isBare }]) => [
    flagOf(name).slice(2),
    { type: isBare === true ? 'boolean' : 'string' } as const,
  ]);
  // Node's own messages name neither what was expected nor what was probably meant: it only cuts the line into tokens.
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(kinds),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const texts = new Map<string, string>();
  const operands: string[] = [];
  const problems: string[] = [];
  /** Where an argument would be the value of the flag before it. */
  let valueAt = -1;
  let bareName = '';
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    const isValue = token.index === valueAt;
    valueAt = -1;
    if (token.kind === 'positional') {
      if (!isValue) operands.push(token.value);
      // `--open false`
      else if (bareName !== '' && /^(true|false)$/.test(token.value)) texts.set(bareName, token.value);
      else if (bareName !== '') operands.push(token.value);
      continue;
    }
    const flag = (args[token.index] ?? '').split('=', 1)[0] ?? '';
    if (flag === '--help' || flag === '-h') return { texts, asks: 'help', arguments: [], problems };
    if (flag === '--version' && version !== undefined) return { texts, asks: 'version', arguments: [], problems };
    const name = names.get(flag);
    const option = options[name ?? ''];
    bareName = '';
    if (name === undefined || option === undefined) {
      const problem = `unknown option ${flag}${hint(flag, [...names.keys()])}`;
      // Of `-abc` one will do.
      if (!problems.includes(problem)) problems.push(problem);
      // What follows is its value, not a second fault.
      if (token.value === undefined) valueAt = token.index + 1;
    } else if (option.isBare === true) {
      texts.set(name, token.value ?? 'true');
      bareName = name;
      if (token.value === undefined) valueAt = token.index + 1;
    } else if (token.value === undefined || (token.inlineValue === false && token.value.startsWith('--'))) {
      problems.push(`${flag} needs a value (${option.form})`);
      // It has taken the next flag for its value: what that would have had is no fault either.
      valueAt = token.index + 2;
    } else texts.set(name, token.value);
  }
  return { texts, asks: undefined, arguments: operands, problems };
}

function wrongValue(from: string, text: string, { form, entries, isBare }: Option<unknown>): string {
  const expected = `expected ${isBare === true ? 'true | false' : form}`;
  const unknown = entries && entriesOf(text).find((entry) => !entries.includes(entry));
  if (unknown === undefined) return `${from} is ${JSON.stringify(text)}, ${expected}`;
  return `${from} has ${JSON.stringify(unknown)}${hint(unknown, entries ?? [])}, ${expected}`;
}
