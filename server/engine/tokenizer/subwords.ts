/**
 * The ids of a piece of text by a tokenizer's model. Remembers the pieces that come often, and bounds the work of one
 * that is long. Knows no normaliser and no special tokens.
 */

import type { SubwordModel } from '../../../shared/text/tokenizer/tokenizer-file.js';
import type { PieceModel } from './piece-model.js';
import { piecesAt } from './pre-tokenizers.js';

/** The mark of a space in vocabularies of SentencePiece. */
export const MARK = '\u2581';
const MARK_INSIDE = /[^\u2581]\u2581/;
/**
 * Longest piece, in UTF-16 units, whose tokens are found as a whole; of a longer one those of its parts. WordPiece calls
 * such a word unknown and has no need of it.
 */
const LONGEST_PIECE = { bpe: 2048, unigram: 2 ** 16, wordpiece: Number.POSITIVE_INFINITY } as const;
/** Above these numbers of pieces and units of each, nothing is remembered until all is forgotten. */
const MOST_REMEMBERED = 2 ** 15;
const LONGEST_REMEMBERED = 32;

export class Subwords {
  readonly #model: PieceModel;
  readonly #longest: number;
  /**
   * Whether no token reaches over a space: then a text may be cut there, and its tokens are the same. Not those of a
   * unigram model, whose sums go on from the beginning.
   */
  readonly cutsAtMarks: boolean;
  /** The ids of `<0x00>` to `<0xFF>`, where a piece that is unknown to a unigram model is spelt in bytes. */
  readonly #bytes: readonly number[] | undefined;
  readonly #remembered = new Map<string, readonly number[]>();
  readonly #utf8 = new TextEncoder();

  constructor(model: PieceModel, config: SubwordModel) {
    this.#model = model;
    const isUnigram = Array.isArray(config.vocab);
    const isBpe = config.merges !== undefined;
    this.#longest = LONGEST_PIECE[isUnigram ? 'unigram' : isBpe ? 'bpe' : 'wordpiece'];
    const { end_of_word_suffix: suffix } = config;
    this.cutsAtMarks =
      isBpe && !suffix && model.ids.has(MARK) && ![...model.ids.keys()].some((token) => MARK_INSIDE.test(token));
    this.#bytes = isUnigram && config.byte_fallback === true ? byteIds(model.ids) : undefined;
  }

  /** The pieces whose tokens are those of the whole. */
  parts(piece: string): readonly string[] {
    if (this.cutsAtMarks && MARK_INSIDE.test(piece))
      return piecesAt(piece, MARK)
        .reduce<string[]>(joinedMarks, [])
        .flatMap((part) => this.#short(part));
    return this.#short(piece);
  }

  idsOf(part: string): readonly number[] {
    const known = this.#remembered.get(part);
    if (known !== undefined) return known;
    const ids = this.#find(part);
    if (part.length <= LONGEST_REMEMBERED) {
      if (this.#remembered.size >= MOST_REMEMBERED) this.#remembered.clear();
      // A copy of its own: a slice would hold the text that it was cut from.
      this.#remembered.set(Buffer.from(part).toString(), ids);
    }
    return ids;
  }

  #find(part: string): readonly number[] {
    const { ids, unknownId } = this.#model;
    const found: number[] = [];
    for (const token of this.#model.split(part)) {
      const id = ids.get(token);
      if (id !== undefined) found.push(id);
      else if (this.#bytes !== undefined)
        for (const byte of this.#utf8.encode(token)) found.push(this.#bytes[byte] ?? 0);
      else if (unknownId !== undefined) found.push(unknownId);
    }
    return found;
  }

  #short(piece: string): readonly string[] {
    if (piece.length <= this.#longest) return [piece];
    const parts: string[] = [];
    for (let from = 0; from < piece.length; ) {
      let to = Math.min(from + this.#longest, piece.length);
      // Between two halves of a character nothing is cut.
      if (to < piece.length && /[\udc00-\udfff]/.test(piece.charAt(to))) to -= 1;
      parts.push(piece.slice(from, to));
      from = to;
    }
    return parts;
  }
}

/** Several spaces in a row may be one token. */
function joinedMarks(parts: string[], part: string): string[] {
  const last = parts.length - 1;
  if (last >= 0 && /^\u2581+$/.test(parts[last] ?? '')) parts[last] += part;
  else parts.push(part);
  return parts;
}

function byteIds(ids: ReadonlyMap<string, number>): readonly number[] | undefined {
  const found = Array.from({ length: 256 }, (_, byte) =>
    ids.get(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`),
  );
  return found.every((id) => id !== undefined) ? found : undefined;
}
