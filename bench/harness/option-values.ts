/** What the options of the bench's commands have in common: values are checked, and what is wrong with one is said in words. */

/** Thrown for a wrong value; {@link problemOf} takes its words. */
class Problem extends Error {}

export function whole(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new Problem(`--${name} is "${text}", expected a whole number from ${min} to ${max}`);
}

export function decimal(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= min && value <= max) return value;
  throw new Problem(`--${name} is "${text}", expected a number from ${min} to ${max}`);
}

export function oneOf<T extends string>(name: string, text: string, known: readonly T[]): T {
  const found = known.find((candidate) => candidate === text);
  if (found !== undefined) return found;
  throw new Problem(`--${name} is "${text}", expected ${known.join(' or ')}`);
}

/** The line for the user when `error` is about what was typed; anything else is a bug and goes on. */
export function problemOf(error: unknown): string {
  // parseArgs throws for what it does not know, in words for the user.
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (error instanceof Error && (error instanceof Problem || code.startsWith('ERR_PARSE_ARGS'))) {
    return `${error.message} (--help lists the options)`;
  }
  throw error;
}
