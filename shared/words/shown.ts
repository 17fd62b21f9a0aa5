/** Shows a foreign value in a message: short, one line, whatever it is. */

const MOST_CHARS = 60;

export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'symbol' || typeof value === 'bigint') return `a ${typeof value}`;
  return cut(typeof value === 'number' ? String(value) : asJson(value));
}

/** `is 3, expected a text`: what was found, and what should have been. */
export function isNot(found: unknown, right: string): string {
  return `is ${shown(found)}, expected ${right}`;
}

function asJson(value: unknown): string {
  try {
    const json: unknown = JSON.stringify(value, (_key, part: unknown) =>
      typeof part === 'number' && !Number.isFinite(part) ? String(part) : part,
    );
    if (typeof json === 'string') return json;
  } catch {
    // It has circles, or its own `toJSON` throws.
  }
  return 'an object';
}

function cut(text: string): string {
  return text.length > MOST_CHARS ? `${text.slice(0, MOST_CHARS)}…` : text;
}
