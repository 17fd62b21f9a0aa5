/** The kinds of options: how each parses its text, and how it is described. */

/** One option: how its text is parsed, and how it is described. */
export interface Option<T> {
  readonly default: T;
  /** The accepted form, such as `1 to 60000` or a placeholder. Empty: none, for a bare flag. */
  readonly form: string;
  readonly doc: string;
  /** The value, or undefined when the text does not have the form. */
  readonly parse: (text: string) => T | undefined;
  /** The bare flag, without a value, means true. */
  readonly isBare?: boolean;
  /** The default under `--quick`, in programs that have it. */
  readonly quick?: T;
  /** The known entries of a list, so that a message can name the unknown one. */
  readonly entries?: readonly string[];
  /** What is wrong with a text that does not have the form, where more can be said than the form. */
  readonly why?: (text: string) => string | undefined;
  /** Shown in `--help` instead of a form that is a sentence. */
  readonly placeholder?: string;
  /** Shown in `--help` when there is no default. */
  readonly otherwise?: string;
}

export type OptionTable = Readonly<Record<string, Option<unknown>>>;

/** The values of a table of options. */
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

/** An integer, or a word that lets the hub choose. */
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

/** Text parsed by a function, for forms that need a description. */
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

/** Comma-separated entries; none by default. `why`: what is wrong with one of them. */
export function list(
  form: string,
  isGood: (entries: readonly string[]) => boolean,
  doc: string,
  why?: (entry: string) => string | undefined,
): Option<readonly string[]> {
  const parse = (given: string): readonly string[] | undefined => {
    const entries = entriesOf(given);
    return isGood(entries) ? entries : undefined;
  };
  const first = (given: string): string | undefined => entriesOf(given).flatMap((entry) => why?.(entry) ?? [])[0];
  return { default: [], form, doc, parse, ...(why === undefined ? {} : { why: first }) };
}

/** A comma-separated subset of a few words; all by default. */
export function someOf<const T extends string>(values: readonly T[], form: string, doc: string): Option<readonly T[]> {
  const parse = (given: string): readonly T[] | undefined => allOf(given, (entry) => values.find((it) => it === entry));
  return { default: values, form, doc, parse, entries: values, otherwise: 'all' };
}

/** Comma-separated integers. */
export function integers(min: number, max: number, initial: readonly number[], doc: string): Option<readonly number[]> {
  const { parse, form } = integer(min, max, min, doc);
  return { default: initial, form: `${form},...`, doc, parse: (given) => allOf(given, parse) };
}

export function flag(initial: boolean, doc: string): Option<boolean> {
  const parse = (given: string): boolean | undefined =>
    given === 'true' ? true : given === 'false' ? false : undefined;
  return { default: initial, form: 'true | false', doc, parse, isBare: true };
}

/** A flag that is present or absent. */
export function bare(doc: string): Option<boolean> {
  return { ...flag(false, doc), form: '' };
}

/** An option that may be missing. `otherwise`: shown in `--help` instead of a default. */
export function optional<T>(option: Option<T>, otherwise = ''): Option<T | undefined> {
  return { ...option, default: undefined, otherwise };
}

/** The same option with another default under `--quick`. */
export function quickly<T>(option: Option<T>, quick: T): Option<T> {
  return { ...option, quick };
}

export const MIB = 1 << 20;

/** The entries of a comma-separated list. */
export function entriesOf(given: string): readonly string[] {
  return given.split(',').map((entry) => entry.trim());
}

function allOf<T>(given: string, parse: (entry: string) => T | undefined): readonly T[] | undefined {
  const values = entriesOf(given).map(parse);
  return values.every((value) => value !== undefined) ? values : undefined;
}
