/**
 * A unigram model: the likeliest way to split a piece of text, by the sum of the scores of its tokens. Sums, and which of
 * equal ones wins, are those of the reference implementation to the last bit.
 */

import type { PieceModel } from './piece-model.js';
import { PrefixTable } from './prefix-table.js';

/** Below the least score of a token, for a character that begins none. */
const UNKNOWN_PENALTY = 10;

export class Unigram implements PieceModel {
  readonly ids: ReadonlyMap<string, number>;
  readonly unknownId: number;
  readonly #scores: Float64Array;
  readonly #unknownScore: number;
  readonly #tokens: PrefixTable;
  /** By place in the piece: the best sum up to it, where its last token begins (-1: not reached), and which that is. */
  #sums = new Float64Array(0);
  #starts = new Int32Array(0);
  #last = new Int32Array(0);

  /** @param vocab tokens with their scores, by id */
  constructor(vocab: readonly (readonly [string, number])[], unknownId: number) {
    this.ids = new Map(vocab.map(([token], id) => [token, id]));
    this.unknownId = unknownId;
    this.#scores = Float64Array.from(vocab, ([, score]) => asReference(score));
    this.#unknownScore = this.#scores.reduce((least, score) => Math.min(least, score), Infinity) - UNKNOWN_PENALTY;
    this.#tokens = new PrefixTable(vocab.map(([token]) => token));
  }

  /** Neighbouring characters that are unknown are one token. */
  split(piece: string): readonly string[] {
    this.#prepare(piece.length);
    const [starts, last] = [this.#starts, this.#last];
    for (let from = 0; from < piece.length; ) {
      const next = from + ((piece.codePointAt(from) ?? 0) > 0xffff ? 2 : 1);
      let isKnown = false;
      this.#tokens.search(piece, from, (id, end) => {
        this.#offer(from, end, id, this.#scores[id] ?? 0);
        if (end === next) isKnown = true;
      });
      if (!isKnown) this.#offer(from, next, this.unknownId, this.#unknownScore);
      from = next;
    }
    const tokens: string[] = [];
    for (let end = piece.length; end > 0; ) {
      let start = starts[end] ?? 0;
      if (last[end] === this.unknownId) while (start > 0 && last[start] === this.unknownId) start = starts[start] ?? 0;
      tokens.push(piece.slice(start, end));
      end = start;
    }
    return tokens.reverse();
  }

  /** A token from one place to another: taken when the sum is greater than that of the best so far. */
  #offer(from: number, end: number, id: number, score: number): void {
    const sum = score + (this.#sums[from] ?? 0);
    if ((this.#starts[end] ?? -1) >= 0 && sum <= (this.#sums[end] ?? 0)) return;
    this.#sums[end] = sum;
    this.#starts[end] = from;
    this.#last[end] = id;
  }

  #prepare(length: number): void {
    if (this.#starts.length <= length) {
      this.#sums = new Float64Array(2 * length + 1);
      this.#starts = new Int32Array(2 * length + 1);
      this.#last = new Int32Array(2 * length + 1);
    }
    this.#starts.fill(-1, 0, length + 1);
    this.#sums[0] = 0;
    this.#last[0] = -1;
  }
}

/** A number as the reference reads it from the file: its digits as a whole number, divided by a power of ten. */
function asReference(score: number): number {
  const [, sign, whole = '', decimals = ''] = /^(-?)(\d+)\.(\d+)$/.exec(String(score)) ?? [];
  if (decimals === '') return score;
  const size = Number(whole + decimals) / Number(`1e${decimals.length}`);
  return sign === '-' ? -size : size;
}
