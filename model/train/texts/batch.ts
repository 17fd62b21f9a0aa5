/**
 * The texts of one step: their tokens concatenated, each as an index into the step's distinct words. Knows no weights.
 */

import type { Corpus } from './corpus.js';

export class Batch {
  /** Number of texts. */
  count = 0;
  /** Indices into the corpus. */
  texts: Int32Array = new Int32Array(0);
  /** Text i has the tokens `starts[i] .. starts[i + 1]`. */
  starts = new Int32Array(1);
  /** The slot of each token: its word's index in `words`. */
  slots = new Int32Array(0);
  /** Distinct words, `wordCount` of them. */
  readonly words: Int32Array;
  wordCount = 0;
  readonly #slotOf: Int32Array;

  constructor(vocabulary: number) {
    this.words = new Int32Array(vocabulary);
    this.#slotOf = new Int32Array(vocabulary).fill(-1);
  }

  get tokenCount(): number {
    return this.starts[this.count] ?? 0;
  }

  fill(corpus: Corpus, texts: Int32Array): void {
    for (let i = 0; i < this.wordCount; i++) this.#slotOf[this.words[i] ?? 0] = -1;
    this.wordCount = 0;
    this.texts = texts;
    this.count = texts.length;
    if (this.starts.length <= texts.length) this.starts = new Int32Array(texts.length + 1);
    let tokens = 0;
    for (const text of texts) tokens += (corpus.starts[text + 1] ?? 0) - (corpus.starts[text] ?? 0);
    if (this.slots.length < tokens) this.slots = new Int32Array(2 * tokens);
    let at = 0;
    for (let i = 0; i < texts.length; i++) {
      const text = texts[i] ?? 0;
      const end = corpus.starts[text + 1] ?? 0;
      for (let token = corpus.starts[text] ?? 0; token < end; token++) {
        const word = corpus.words[token] ?? 0;
        let slot = this.#slotOf[word] ?? -1;
        if (slot === -1) {
          slot = this.wordCount++;
          this.#slotOf[word] = slot;
          this.words[slot] = word;
        }
        this.slots[at++] = slot;
      }
      this.starts[i + 1] = at;
    }
  }
}
