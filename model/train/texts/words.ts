/** The distinct tokens of all texts, each with the hashes by which a network knows it. Knows no table and no text. */

import type { TokenList } from '../../../shared/text/token-list.js';
import { MAX_NGRAMS, ngramHashes, tokenHash } from '../../../shared/text/word-hashes.js';

export class Words {
  readonly strings: string[] = [];
  /** Occurrences by word. */
  readonly counts: number[] = [];
  readonly #ids = new Map<string, number>();
  readonly #wordHashes: number[] = [];
  readonly #ngrams: number[] = [];
  readonly #ngramStarts: number[] = [0];
  readonly #room = new Uint32Array(MAX_NGRAMS);

  get size(): number {
    return this.strings.length;
  }

  find(word: string): number | undefined {
    return this.#ids.get(word);
  }

  /** The number of a token of the list, which is added if new. */
  note(tokens: TokenList, index: number): number {
    const [start, end] = [tokens.start(index), tokens.end(index)];
    const word = tokens.text(index);
    const known = this.#ids.get(word);
    if (known !== undefined) {
      this.counts[known] = (this.counts[known] ?? 0) + 1;
      return known;
    }
    const id = this.size;
    this.#ids.set(word, id);
    this.strings.push(word);
    this.counts.push(1);
    this.#wordHashes.push(tokenHash(tokens.points, start, end));
    const count = ngramHashes(tokens.points, start, end, this.#room);
    for (let i = 0; i < count; i++) this.#ngrams.push(this.#room[i] ?? 0);
    this.#ngramStarts.push(this.#ngrams.length);
    return id;
  }

  /** The rows of every word in tables of 2^wordBits and 2^ngramBits rows. */
  rows(wordBits: number, ngramBits: number): WordRows {
    return {
      words: Int32Array.from(this.#wordHashes, (hash) => hash >>> (32 - wordBits)),
      ngrams: Int32Array.from(this.#ngrams, (hash) => hash >>> (32 - ngramBits)),
      starts: Int32Array.from(this.#ngramStarts),
    };
  }
}

export interface WordRows {
  readonly words: Int32Array;
  /** Word i has the n-gram rows `starts[i] .. starts[i + 1]`. */
  readonly ngrams: Int32Array;
  readonly starts: Int32Array;
}
