/**
 * The vector of a word: its row of one table, plus the sum of its n-grams' rows of another divided by the square root
 * of their number.
 */

import type { Batch } from '../texts/batch.js';
import type { WordRows } from '../texts/words.js';
import type { Random } from './random.js';
import { Table } from './table.js';

export interface TableSizes {
  readonly wordBits: number;
  readonly ngramBits: number;
  /** Length of a vector. */
  readonly width: number;
}

export class WordVectors {
  readonly words: Table;
  readonly ngrams: Table;

  readonly #rows: WordRows;

  constructor(
    readonly sizes: TableSizes,
    rows: WordRows,
    random: Random,
  ) {
    this.#rows = rows;
    const { wordBits, ngramBits, width } = sizes;
    this.words = new Table(random.normals(2 ** wordBits * width, 0.1), width);
    this.ngrams = new Table(random.normals(2 ** ngramBits * width, 0.05), width);
  }

  /** Marks the words of the batch as trained in step `step`. */
  touch(batch: Batch, step: number, rate: number): void {
    const rows = this.#rows;
    for (let slot = 0; slot < batch.wordCount; slot++) {
      const word = batch.words[slot] ?? 0;
      this.words.touch(rows.words[word] ?? 0, step, rate);
      const end = rows.starts[word + 1] ?? 0;
      for (let i = rows.starts[word] ?? 0; i < end; i++) this.ngrams.touch(rows.ngrams[i] ?? 0, step, rate);
    }
  }

  /** Writes the vectors of the batch's words, concatenated. */
  forward(batch: Batch, vectors: Float32Array): void {
    const rows = this.#rows;
    const { width } = this.sizes;
    const table = this.words.values;
    const pieces = this.ngrams.values;
    for (let slot = 0; slot < batch.wordCount; slot++) {
      const word = batch.words[slot] ?? 0;
      const to = slot * width;
      vectors.fill(0, to, to + width);
      const start = rows.starts[word] ?? 0;
      const end = rows.starts[word + 1] ?? 0;
      for (let i = start; i < end; i++) {
        const from = (rows.ngrams[i] ?? 0) * width;
        for (let k = 0; k < width; k++) vectors[to + k] = (vectors[to + k] ?? 0) + (pieces[from + k] ?? 0);
      }
      const share = end > start ? 1 / Math.sqrt(end - start) : 0;
      const from = (rows.words[word] ?? 0) * width;
      for (let k = 0; k < width; k++) vectors[to + k] = (vectors[to + k] ?? 0) * share + (table[from + k] ?? 0);
    }
  }

  /** Adds the gradient of the vectors to that of the rows. */
  backward(batch: Batch, slopes: Float32Array): void {
    const rows = this.#rows;
    const { width } = this.sizes;
    const table = this.words.gradient;
    const pieces = this.ngrams.gradient;
    for (let slot = 0; slot < batch.wordCount; slot++) {
      const word = batch.words[slot] ?? 0;
      const from = slot * width;
      let to = (rows.words[word] ?? 0) * width;
      for (let k = 0; k < width; k++) table[to + k] = (table[to + k] ?? 0) + (slopes[from + k] ?? 0);
      const start = rows.starts[word] ?? 0;
      const end = rows.starts[word + 1] ?? 0;
      const share = 1 / Math.sqrt(end - start);
      for (let i = start; i < end; i++) {
        to = (rows.ngrams[i] ?? 0) * width;
        for (let k = 0; k < width; k++) pieces[to + k] = (pieces[to + k] ?? 0) + share * (slopes[from + k] ?? 0);
      }
    }
  }
}
