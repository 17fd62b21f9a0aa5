/** The kinds of options: how the text of one is read, and what people are told of it. */

/** One option: how its text is read, and what people are told of it. */
export interface Option<T> {
  readonly default: T;
  /** What may be given, such as `1 to 60000` or a placeholder. */
  readonly form: string;
  readonly doc: string;
  /** The value, or undefined when the text is not of the form. */
  readonly parse: (text: string) => T | undefined;
  /** The flag alone, without a value, says true. */
  readonly isBare?: boolean;
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
    const entries = given.split(',').map((entry) => entry.trim());
    return isGood(entries) ? entries : undefined;
  };
  return { default: [], form, doc, parse };
}

export function flag(initial: boolean, doc: string): Option<boolean> {
  const parse = (given: string): boolean | undefined =>
    given === 'true' ? true : given === 'false' ? false : undefined;
  return { default: initial, form: 'true | false', doc, parse, isBare: true };
}

export const MIB = 1 << 20;
