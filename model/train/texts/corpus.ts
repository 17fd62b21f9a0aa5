/** All texts of all sets as word numbers, in one set of arrays. Knows no files and no network. */

import { TokenList } from '../../../shared/text/token-list.js';
import { Tokeniser } from '../../../shared/text/tokenise.js';
import type { SourceSet } from './sources.js';
import { Words } from './words.js';

/** Maximum tokens read per text. */
export const MAX_TOKENS = 56;

export interface Corpus {
  /** Number of texts. */
  readonly count: number;
  /** Text i has the words `starts[i] .. starts[i + 1]` of `words`. */
  readonly starts: Int32Array;
  readonly words: Int32Array;
  /** The set of each text, as an index into the given sets. */
  readonly sets: Uint8Array;
  /** The classes of a text as bits; most have one. */
  readonly classes: Int32Array;
}

export class CorpusReader {
  readonly words = new Words();
  readonly #tokens = new TokenList(MAX_TOKENS);
  readonly #tokeniser = new Tokeniser(this.#tokens);

  read(sets: readonly SourceSet[]): Corpus {
    const count = sets.reduce((sum, { examples }) => sum + examples.length, 0);
    const starts = new Int32Array(count + 1);
    const words: number[] = [];
    const setOf = new Uint8Array(count);
    const classes = new Int32Array(count);
    let text = 0;
    for (const [set, { examples }] of sets.entries()) {
      for (const example of examples) {
        this.#tokeniser.tokenise(example.text);
        for (let i = 0; i < this.#tokens.count; i++) words.push(this.words.note(this.#tokens, i));
        setOf[text] = set;
        classes[text] = example.classes;
        starts[++text] = words.length;
      }
    }
    return { count, starts, words: Int32Array.from(words), sets: setOf, classes };
  }
}
