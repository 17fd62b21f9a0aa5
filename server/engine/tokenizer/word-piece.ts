/** A WordPiece model: from the left, the longest token that a word begins with; the others have a prefix. */

import type { PieceModel } from './piece-model.js';
import { PrefixTable } from './prefix-table.js';

export interface WordPieceConfig {
  readonly vocab: Readonly<Record<string, number>>;
  /** Of what has no tokens, and of words that are too long. In the vocabulary. */
  readonly unknown: string;
  /** Of tokens within a word. */
  readonly prefix: string;
  /** In characters. */
  readonly longestWord: number;
}

export class WordPiece implements PieceModel {
  readonly ids: ReadonlyMap<string, number>;
  readonly unknownId: number;
  readonly #config: WordPieceConfig;
  readonly #first: PrefixTable;
  readonly #inner: PrefixTable;

  constructor(config: WordPieceConfig) {
    this.#config = config;
    this.ids = new Map(Object.entries(config.vocab));
    this.unknownId = config.vocab[config.unknown] ?? 0;
    const tokens = [...this.ids.keys()];
    const { prefix } = config;
    this.#first = new PrefixTable(tokens);
    this.#inner = new PrefixTable(
      tokens.flatMap((token) =>
        token.startsWith(prefix) && token.length > prefix.length ? token.slice(prefix.length) : [],
      ),
    );
  }

  split(word: string): readonly string[] {
    const { unknown, prefix, longestWord } = this.#config;
    // At least half as many characters as units: those of a word that is far too long are not counted.
    if (word.length > 2 * longestWord || (word.length > longestWord && [...word].length > longestWord))
      return [unknown];
    const tokens: string[] = [];
    for (let from = 0; from < word.length; ) {
      let longest = from;
      (from === 0 ? this.#first : this.#inner).search(word, from, (_, end) => {
        longest = end;
      });
      if (longest === from) return [unknown];
      tokens.push((from === 0 ? '' : prefix) + word.slice(from, longest));
      from = longest;
    }
    return tokens;
  }
}
