/**
 * Checks the size of what JSON.parse would build, without building it: a megabyte of brackets holds the event loop for
 * a tenth of a second and more.
 */

export interface JsonBounds {
  /** Maximum nesting of arrays and objects. */
  readonly maxDepth: number;
  /** Maximum arrays, objects and members together. */
  readonly maxParts: number;
}

/** Deeper than any tensor: its rank, the batch, input names and the enclosing request. */
const MAX_JSON_DEPTH = 32;
/** An image of 224 x 224 pixels as nested arrays has 50,401. */
const LEAST_MAX_PARTS = 65_536;
const BYTES_A_PART = 16;
/** Shorter texts are parsed unchecked: they cannot hold anybody up. */
const SHORT = 4_096;

/** The bounds for texts of up to this many bytes. */
export function jsonBounds(maxBytes: number): JsonBounds {
  return { maxDepth: MAX_JSON_DEPTH, maxParts: Math.max(LEAST_MAX_PARTS, Math.floor(maxBytes / BYTES_A_PART)) };
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** What a character outside strings means for the shape: mostly nothing. */
const KIND = { string: 1, opens: 2, closes: 3, member: 4 } as const;
const KINDS = new Uint8Array(256);
KINDS[QUOTE] = KIND.string;
for (const opens of '[{') KINDS[opens.charCodeAt(0)] = KIND.opens;
for (const closes of ']}') KINDS[closes.charCodeAt(0)] = KIND.closes;
KINDS[':'.charCodeAt(0)] = KIND.member;

/** Bytes are read several times as fast as characters of a substring, which messages from a WebSocket are. */
const PIECE = 16_384;
const piece = Buffer.alloc(PIECE * 3);

/** Why the text must not be parsed; undefined when it may be. JSON.parse checks whether it is JSON. */
export function refuseShape(text: string, { maxDepth, maxParts }: JsonBounds): string | undefined {
  if (text.length < SHORT) return undefined;
  let depth = 0;
  let parts = 0;
  let isString = false;
  let isEscaped = false;
  for (let start = 0; start < text.length; start += PIECE) {
    // Half of a surrogate pair becomes bytes that mean nothing here either.
    const bytes = piece.write(text.slice(start, start + PIECE), 'utf8');
    for (let i = 0; i < bytes; i++) {
      const byte = piece[i] as number;
      if (isString) {
        if (isEscaped) isEscaped = false;
        else if (byte === BACKSLASH) isEscaped = true;
        else if (byte === QUOTE) isString = false;
        continue;
      }
      const kind = KINDS[byte];
      if (kind === 0) continue;
      if (kind === KIND.string) isString = true;
      else if (kind === KIND.closes) depth -= 1;
      else {
        parts += 1;
        if (kind === KIND.opens) depth += 1;
        if (depth > maxDepth) return `is nested more than ${maxDepth} deep`;
        if (parts > maxParts) return `has more than ${maxParts} arrays, objects and members`;
      }
    }
  }
  return undefined;
}
