/**
 * Text to code points, with the few replacements that come before tokens: the five common HTML entities, curly quotes, backslashes.
 * No Unicode normalisation.
 */

const AMPERSAND = 0x26;
const BACKSLASH = 0x5c;

const ENTITIES: readonly (readonly [name: string, point: number])[] = [
  ['&amp;', 0x26],
  ['&lt;', 0x3c],
  ['&gt;', 0x3e],
  ['&quot;', 0x22],
  ['&#39;', 0x27],
];

/**
 * Writes the code points of `text` to `points`, which must hold at least `text.length`, and returns how many there are. A surrogate
 * without its partner counts as itself.
 */
export function normalise(text: string, points: Int32Array): number {
  let count = 0;
  for (let i = 0; i < text.length; ) {
    let point = text.codePointAt(i) ?? 0;
    let width = point > 0xffff ? 2 : 1;
    if (point === AMPERSAND) {
      for (const [name, meaning] of ENTITIES) {
        if (text.startsWith(name, i)) {
          point = meaning;
          width = name.length;
          break;
        }
      }
    } else if (point === 0x2019 || point === 0x2018 || point === 0x60) {
      point = 0x27;
    }
    i += width;
    if (width === 1 && point === BACKSLASH) continue;
    points[count++] = point;
  }
  return count;
}
