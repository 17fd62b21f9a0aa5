/**
 * Converts text to code points, with the few replacements made before tokenising: the five common HTML entities, curly
 * quotes, backslashes. No Unicode normalisation. Reads strings and the UTF-8 of a batch to the same code points.
 */

const AMPERSAND = 0x26;
const APOSTROPHE = 0x27;
const SLASH = 0x2f;
const SPACE = 0x20;
const BACKSLASH = 0x5c;
const BACKTICK = 0x60;
const REPLACEMENT = 0xfffd;

/** Spaces after the last code point, so that reading slightly too far is harmless. */
const MARGIN = 2;

const ENTITIES: readonly (readonly [name: string, point: number])[] = [
  ['amp;', 0x26],
  ['lt;', 0x3c],
  ['gt;', 0x3e],
  ['quot;', 0x22],
  ['#39;', 0x27],
];

/** ASCII characters that do not map to themselves. */
const special = new Uint8Array(128);
for (const point of [AMPERSAND, SLASH, BACKSLASH, BACKTICK]) special[point] = 1;

export class CodePoints {
  /** The code points, followed by spaces. A surrogate without its partner counts as itself. */
  points = new Int32Array(512);
  length = 0;
  /** Without a slash, most links are ruled out. */
  hasSlash = false;

  readString(text: string): void {
    const points = this.#begin(text.length);
    let count = 0;
    for (let i = 0; i < text.length; ) {
      let point = text.charCodeAt(i++);
      if (point >= 0x80) {
        if (point >= 0xd800 && point <= 0xdbff && i < text.length) {
          const low = text.charCodeAt(i);
          if (low >= 0xdc00 && low <= 0xdfff) {
            point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
            i++;
          }
        }
        points[count++] = quoteToAscii(point);
      } else if (special[point] === 0) {
        points[count++] = point;
      } else if (point === AMPERSAND) {
        const entity = ENTITIES.find(([name]) => text.startsWith(name, i));
        if (entity !== undefined) i += entity[0].length;
        count = this.#put(count, entity?.[1] ?? point);
      } else {
        count = this.#put(count, point);
      }
    }
    this.#end(count);
  }

  /** Assumes that `bytes[start .. end)` is valid UTF-8; invalid bytes give arbitrary code points and no error. */
  readUtf8(bytes: Uint8Array, start: number, end: number): void {
    const points = this.#begin(end - start);
    let count = 0;
    for (let i = start; i < end; ) {
      let byte = bytes[i++] ?? 0;
      // Most texts are nearly all plain ASCII.
      while (byte < 0x80 && special[byte] === 0 && i < end) {
        points[count++] = byte;
        byte = bytes[i++] ?? 0;
      }
      if (byte >= 0x80) {
        const more = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
        let point = byte & (0x3f >> more);
        for (let k = 0; k < more && i < end; k++) point = (point << 6) | ((bytes[i++] ?? 0) & 0x3f);
        points[count++] = quoteToAscii(point <= 0x10ffff ? point : REPLACEMENT);
      } else if (special[byte] === 0) {
        points[count++] = byte;
      } else if (byte === AMPERSAND) {
        const entity = ENTITIES.find(([name]) => holds(bytes, i, end, name));
        if (entity !== undefined) i += entity[0].length;
        count = this.#put(count, entity?.[1] ?? byte);
      } else {
        count = this.#put(count, byte);
      }
    }
    this.#end(count);
  }

  #begin(room: number): Int32Array {
    if (this.points.length < room + MARGIN) this.points = new Int32Array(2 * room + MARGIN);
    this.hasSlash = false;
    return this.points;
  }

  #end(count: number): void {
    this.length = count;
    this.points.fill(SPACE, count, count + MARGIN);
  }

  /** Writes an ASCII character that needs special treatment. Returns the new count. */
  #put(count: number, point: number): number {
    if (point === BACKSLASH) return count;
    if (point === SLASH) this.hasSlash = true;
    this.points[count] = point === BACKTICK ? APOSTROPHE : point;
    return count + 1;
  }
}

/**
 * Start of each code point that {@link CodePoints} reads from `text`, in UTF-16 units, and finally the end of the text.
 * Used to show which part of a text a token came from.
 */
export function codePointOffsets(text: string): Int32Array {
  const offsets = new Int32Array(text.length + 1);
  let count = 0;
  for (let i = 0; i < text.length; ) {
    const from = i;
    const point = text.codePointAt(i) ?? 0;
    i += point > 0xffff ? 2 : 1;
    if (point === BACKSLASH) continue;
    if (point === AMPERSAND) i += ENTITIES.find(([name]) => text.startsWith(name, i))?.[0].length ?? 0;
    offsets[count++] = from;
  }
  offsets[count++] = text.length;
  return offsets.subarray(0, count);
}

function quoteToAscii(point: number): number {
  return point === 0x2019 || point === 0x2018 ? APOSTROPHE : point;
}

function holds(bytes: Uint8Array, at: number, end: number, name: string): boolean {
  if (at + name.length > end) return false;
  for (let i = 0; i < name.length; i++) if (bytes[at + i] !== name.charCodeAt(i)) return false;
  return true;
}
