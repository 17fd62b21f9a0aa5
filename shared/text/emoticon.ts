/**
 * Finds emoticons such as `:-)`, `(=`, `</3`, `^_^` and `xD`. Each rule looks at a position and returns the end of the
 * emoticon that starts there, or -1.
 */
import { kindOf, LETTER } from './characters.js';

const HYPHEN = 0x2d;
const SLASH = 0x2f;
const THREE = 0x33;
const LESS = 0x3c;
const GREATER = 0x3e;
const CARET = 0x5e;
const UNDERSCORE = 0x5f;
const LOWER_D = 0x64;
const LOWER_T = 0x74;
const LOWER_X = 0x78;

const EYES = 1;
/** A mouth to the right of the eyes. */
const MOUTH = 2;
/** A mouth to the left of the eyes; a smaller set, or `so:` would be an emoticon. */
const LEFT_MOUTH = 4;
const NOSE = 8;
/** A character that an emoticon may start with. */
const START = 16;

const parts = new Uint8Array(128);
function mark(characters: string, part: number): void {
  for (const character of characters) {
    const point = character.charCodeAt(0);
    parts[point] = (parts[point] ?? 0) | part;
  }
}
mark(':;=', EYES | START);
mark(')](['.concat('dDpP/\\|@3sSoO*}{'), MOUTH);
mark(')]([dD', LEFT_MOUTH | START);
mark("-oO*'^", NOSE);
mark('<>^-xXtT', START);

function is(point: number | undefined, part: number): boolean {
  return point !== undefined && ((parts[point] ?? 0) & part) !== 0;
}

/** Lower-cases ASCII capitals; any other character is only compared with punctuation. */
function fold(point: number | undefined): number {
  return (point ?? 0) | 0x20;
}

/**
 * Per ASCII character: 0 starts no emoticon, 1 may start one, 2 (letters) may when the next character is in `seconds`.
 */
const starts = Uint8Array.from({ length: 128 }, (_, point) => {
  if (!is(point, START)) return 0;
  return (kindOf(point) & LETTER) === 0 ? 1 : 2;
});
/** What may follow any letter that starts an emoticon. */
const seconds = Uint8Array.from({ length: 128 }, (_, point) => {
  return is(point, EYES | LEFT_MOUTH | NOSE) || point === UNDERSCORE ? 1 : 0;
});

/** A quick check of two neighbours that rules out most positions. */
export function mayStartEmoticon(point: number, next: number): boolean {
  if (point >= 128) return false;
  const start = starts[point] ?? 0;
  return start === 1 || (start === 2 && next < 128 && seconds[next] === 1);
}

/** Finds the emoticons of one text after {@link begin}. Remembers runs, so that no character is read repeatedly. */
export class EmoticonFinder {
  #points = new Int32Array(0);
  #length = 0;
  #leftMouthEnd = 0;

  begin(points: Int32Array<ArrayBuffer>, length: number): void {
    this.#points = points;
    this.#length = length;
    this.#leftMouthEnd = 0;
  }

  /** End of the emoticon that starts at `at`, or -1. */
  endOf(at: number): number {
    const points = this.#points;
    const first = this.#point(at);
    if (!is(first, START)) return -1;
    const face = this.#faceEnd(at);
    if (face !== -1) return face;
    if (is(first, LEFT_MOUTH)) return this.#mirroredFaceEnd(at);
    switch (first) {
      case LESS: {
        const heart = this.#point(at + 1) === SLASH ? at + 2 : at + 1;
        return this.#point(heart) === THREE ? this.#runEnd(heart, THREE) : -1;
      }
      case CARET:
      case HYPHEN: {
        const mouth = this.#runEnd(at + 1, UNDERSCORE);
        return mouth > at + 1 && this.#point(mouth) === first ? mouth + 1 : -1;
      }
    }
    if (fold(first) === LOWER_T) {
      const mouth = this.#runEnd(at + 1, UNDERSCORE);
      return mouth > at + 1 && fold(points[mouth]) === LOWER_T && mouth < this.#length ? mouth + 1 : -1;
    }
    if (fold(first) === LOWER_X) {
      let end = at + 1;
      while (fold(this.#point(end)) === LOWER_D) end++;
      return end > at + 1 && (kindOf(this.#point(end) ?? 0) & LETTER) === 0 ? end : -1;
    }
    return -1;
  }

  #point(at: number): number | undefined {
    return at < this.#length ? this.#points[at] : undefined;
  }

  #runEnd(at: number, point: number): number {
    while (this.#point(at) === point) at++;
    return at;
  }

  /** `:)`, `>:-(`, `=D`: brow, eyes, nose, mouths. */
  #faceEnd(at: number): number {
    const first = this.#point(at);
    if (first === LESS || first === GREATER) at++;
    if (!is(this.#point(at), EYES)) return -1;
    at++;
    if (is(this.#point(at), NOSE) && is(this.#point(at + 1), MOUTH)) at++;
    const mouth = at;
    while (is(this.#point(at), MOUTH)) at++;
    return at > mouth ? at : -1;
  }

  /** `(:`, `d-;`: mouths, nose, eyes. */
  #mirroredFaceEnd(at: number): number {
    if (this.#leftMouthEnd <= at) {
      this.#leftMouthEnd = at;
      while (is(this.#point(this.#leftMouthEnd), LEFT_MOUTH)) this.#leftMouthEnd++;
    }
    let end = this.#leftMouthEnd;
    if (is(this.#point(end), NOSE)) end++;
    return is(this.#point(end), EYES) ? end + 1 : -1;
  }
}
