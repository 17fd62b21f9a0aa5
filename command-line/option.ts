/** The kinds of options: how the text of one is read, and what people are told of it. */

/** One option: how its text is read, and what people are told of it. */
export interface Option<T> {
  readonly default: T;
  /** What may be given, such as `1 to 60000` or a placeholder. Empty: nothing, the flag alone says it. */
  readonly form: string;
  readonly doc: string;
  /** The value, or undefined when the text is not of the form. */
  readonly parse: (text: string) => T | undefined;
  /** The flag alone, without a value, says true. */
  readonly isBare?: boolean;
  /** The default where `--quick` is given, in a program that has that. */
  readonly quick?: T;
  /** Of a list, the entries that are known: a message names the one that is not. */
  readonly entries?: readonly string[];
  /** What stands in `--help` for a form that is a sentence. */
  readonly placeholder?: string;
  /** What stands for a default that is none, in `--help`. */
  readonly otherwise?: string;
}

export type OptionTable = Readonly<Record<string, Option<unknown>>>;

/** What the options of a table come to. */
export type ValuesOf<Table extends OptionTable> = { readonly [Name in keyof Table]: Table[Name]['default'] };

/** `maxBatchRows` -> `--max-batch-rows`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

export function text(placeholder: string, initial: string, doc: string): Option<string> {
  return { default: initial, form: placeholder, doc, parse: (given) => (given === '' ? undefined : given) };
}

export function integer(min: number, max: number, initial: number, doc: string): Option<number> {
  const parse = (given: string): number | undefined => {
    const value = Number(given);
    return /^\d+$/.test(given) && value >= min && value <= max ? value : undefined;
  };
  return { default: initial, form: `${min} to ${max}`, doc, parse };
}

/** A whole number, or a word that stands for what the hub makes of it. */
export function integerOr<const T extends string>(word: T, min: number, max: number, doc: string): Option<number | T> {
  const number = integer(min, max, min, doc);
  const parse = (given: string): number | T | undefined => (given === word ? word : number.parse(given));
  return { default: word, form: `${word} | ${number.form}`, doc, parse };
}

/** A number with or without a fraction. */
export function decimal(min: number, max: number, initial: number, doc: string): Option<number> {
  const parse = (given: string): number | undefined => {
    const value = Number(given);
    return /^\d+(\.\d+)?$/.test(given) && value >= min && value <= max ? value : undefined;
  };
  return { default: initial, form: `${min} to ${max}`, doc, parse };
}

/** A text that a function reads, of a form that takes words to tell. */
export function read<T>(
  placeholder: string,
  form: string,
  parse: (given: string) => T | undefined,
  initial: T,
  doc: string,
): Option<T> {
  return { default: initial, form, placeholder, doc, parse };
}

export function oneOf<const T extends string>(values: readonly T[], initial: T, doc: string): Option<T> {
  return { default: initial, form: values.join(' | '), doc, parse: (given) => values.find((value) => value === given) };
}

/** Entries with commas between them; none by default. */
export function list(
  form: string,
  isGood: (entries: readonly string[]) => boolean,
  doc: string,
): Option<readonly string[]> {
  const parse = (given: string): readonly string[] | undefined => {
    const entries = entriesOf(given);
    return isGood(entries) ? entries : undefined;
  };
  return { default: [], form, doc, parse };
}

/** Some of a few words, with commas between them; all by default. */
export function someOf<const T extends string>(values: readonly T[], form: string, doc: string): Option<readonly T[]> {
  const parse = (given: string): readonly T[] | undefined => allOf(given, (entry) => values.find((it) => it === entry));
  return { default: values, form, doc, parse, entries: values, otherwise: 'all' };
}

/** Whole numbers with commas between them. */
export function integers(min: number, max: number, initial: readonly number[], doc: string): Option<readonly number[]> {
  const { parse, form } = integer(min, max, min, doc);
  return { default: initial, form: `${form},...`, doc, parse: (given) => allOf(given, parse) };
}

export function flag(initial: boolean, doc: string): Option<boolean> {
  const parse = (given: string): boolean | undefined =>
    given === 'true' ? true : given === 'false' ? false : undefined;
  return { default: initial, form: 'true | false', doc, parse, isBare: true };
}

/** A flag that is given, or is not. */
export function bare(doc: string): Option<boolean> {
  return { ...flag(false, doc), form: '' };
}

/** An option that may be missing. `otherwise`: what `--help` shows for its default, if anything. */
export function optional<T>(option: Option<T>, otherwise = ''): Option<T | undefined> {
  return { ...option, default: undefined, otherwise };
}

/** The same with another default under `--quick`. */
export function quickly<T>(option: Option<T>, quick: T): Option<T> {
  return { ...option, quick };
}

export const MIB = 1 << 20;

/** The parts between the commas. */
export function entriesOf(given: string): readonly string[] {
  return given.split(',').map((entry) => entry.trim());
}

function allOf<T>(given: string, parse: (entry: string) => T | undefined): readonly T[] | undefined {
  const values = entriesOf(given).map(parse);
  return values.every((value) => value !== undefined) ? values : undefined;
}
