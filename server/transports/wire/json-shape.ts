/** What JSON.parse would have to build, found without building it: a megabyte of brackets holds the event loop for a tenth of a second and more. */

export interface JsonBounds {
  /** Deepest nesting of arrays and objects. */
  readonly maxDepth: number;
  /** Most arrays, objects and members together. */
  readonly maxParts: number;
}

/** Deeper than any tensor: its rank, the batch, names of inputs and the request around them. */
export const MAX_JSON_DEPTH = 32;
/** An image of 224 x 224 pixels as nested arrays has 50,401. */
const LEAST_MAX_PARTS = 65_536;
const BYTES_A_PART = 16;
/** Shorter texts are parsed as they are: they cannot hold anybody up. */
const SHORT = 4_096;

/** For texts of up to so many bytes. */
export function jsonBounds(maxBytes: number): JsonBounds {
  return { maxDepth: MAX_JSON_DEPTH, maxParts: Math.max(LEAST_MAX_PARTS, Math.floor(maxBytes / BYTES_A_PART)) };
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Why the text is not to be parsed; undefined when it may be. Whether it is JSON is left to JSON.parse. */
export function refuseShape(text: string, { maxDepth, maxParts }: JsonBounds): string | undefined {
  if (text.length < SHORT) return undefined;
  let depth = 0;
  let parts = 0;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case QUOTE:
        i = endOfString(text, i);
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth += 1;
        if (depth > maxDepth) return `is nested more than ${maxDepth} deep`;
        parts += 1;
        break;
      case 0x3a: // :
        parts += 1;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth -= 1;
        break;
    }
    if (parts > maxParts) return `has more than ${maxParts} arrays, objects and members`;
  }
  return undefined;
}

/** Index of the quote that ends the string which begins at `start`; the text's end where none does. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return end;
  }
  return text.length;
}
