/**
 * The precompiled character map of SentencePiece: a double-array trie from UTF-8 to replacements. Knows the bytes as
 * they stand in a tokenizer.json; its lookups are those of the reference implementation, its oddities included.
 */

export type CharsmapParsed =
  | { readonly ok: true; readonly normalize: (text: string) => string }
  | { readonly ok: false; readonly problem: string };

/** Of a cluster that is looked up as a whole. */
const MOST_CLUSTER_BYTES = 5;
/** Characters that make no cluster with one another; with others they may. */
const PLAIN =
  '\\0-\\u{9}\\u{b}\\u{c}\\u{e}-\\u{2ff}\\u{3041}-\\u{3096}\\u{30a1}-\\u{30fa}\\u{3400}-\\u{4dbf}\\u{4e00}-\\u{9fff}';
/** Runs of plain characters but those beside others; or the others, with the plain ones beside and between them. */
const RUNS = new RegExp(
  `([${PLAIN}]+)(?![^${PLAIN}])|[${PLAIN}]?[^${PLAIN}]+(?:[${PLAIN}][^${PLAIN}]+)*[${PLAIN}]?`,
  'gu',
);

/** @param bytes a little-endian u32 with the size of the trie in bytes, the trie, and the replacements, each ended by a zero */
export function parseCharsmap(bytes: Uint8Array): CharsmapParsed {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const trieBytes = bytes.length < 4 ? 0 : view.getUint32(0, true);
  if (trieBytes === 0 || trieBytes % 4 !== 0 || 4 + trieBytes > bytes.length) {
    return { ok: false, problem: `its precompiled_charsmap of ${bytes.length} bytes is cut off or none` };
  }
  const trie = Uint32Array.from({ length: trieBytes / 4 }, (_, i) => view.getUint32(4 + 4 * i, true));
  const charsmap = new Charsmap(trie, bytes.subarray(4 + trieBytes));
  return { ok: true, normalize: (text) => charsmap.normalize(text) };
}

class Charsmap {
  readonly #trie: Uint32Array;
  readonly #replacements: Uint8Array;
  readonly #segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });
  readonly #utf8 = new TextEncoder();
  readonly #text = new TextDecoder();
  /** Of single characters below U+0300. */
  readonly #single: (string | undefined)[] = [];

  constructor(trie: Uint32Array, replacements: Uint8Array) {
    this.#trie = trie;
    this.#replacements = replacements;
    for (let code = 0; code < 0x300; code++) this.#single.push(this.#find(String.fromCharCode(code)));
  }

  normalize(text: string): string {
    return text.replace(RUNS, (run, plain?: string) =>
      plain === undefined ? this.#clusters(run) : this.#characters(run),
    );
  }

  #clusters(text: string): string {
    let normal = '';
    for (const { segment } of this.#segmenter.segment(text)) {
      const whole = segment.length <= MOST_CLUSTER_BYTES ? this.#find(segment) : undefined;
      normal += whole ?? this.#characters(segment);
    }
    return normal;
  }

  #characters(text: string): string {
    let normal = '';
    for (const character of text) {
      const code = character.charCodeAt(0);
      normal += (code < 0x300 ? this.#single[code] : this.#find(character)) ?? character;
    }
    return normal;
  }

  /** The replacement of the shortest key that `key` begins with, as the reference takes it. */
  #find(key: string): string | undefined {
    const bytes = this.#utf8.encode(key);
    if (bytes.length > MOST_CLUSTER_BYTES) return undefined;
    const trie = this.#trie;
    let at = offset(trie[0] ?? 0);
    for (const byte of bytes) {
      if (byte === 0) return undefined;
      at ^= byte;
      const unit = trie[at] ?? 0;
      if ((unit & 0x800000ff) >>> 0 !== byte) return undefined;
      at ^= offset(unit);
      if (((unit >>> 8) & 1) === 1) return this.#replacement((trie[at] ?? 0) & 0x7fffffff);
    }
    return undefined;
  }

  #replacement(start: number): string {
    const end = this.#replacements.indexOf(0, start);
    return this.#text.decode(this.#replacements.subarray(start, end < 0 ? undefined : end));
  }
}

function offset(unit: number): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6);
}
