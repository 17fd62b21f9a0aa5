/**
 * Synthetic rows for testing a model: all different in every element, and always the same. Knows only the model's
 * inputs.
 */

import { type BatchSpecs, batchBytes, viewBatch } from '../../shared/batch-layout.js';
import { elementCount, type InputSpec, type TensorArray } from '../../shared/tensor.js';

/**
 * `wide`: various magnitudes and both signs; `unit`: between 0 and 1, for models that accept no more; `zero`: all zero.
 */
export type RowKind = 'wide' | 'unit' | 'zero';

/** Number of different rows; after that they repeat. */
export const MADE_UP_ROWS = 67;
/** Largest element of a `wide` row, by its index. */
const SIZES = [1, 1, 0.1, 10, 1, 100, 1, 1000] as const;
/** One row in each round is all zeros: some models are undefined there. */
const ZERO_ROW = 6;
const WORDS =
  'the new update is great but a battery does not last one day and we love this phone so bad :( #news 12 me'.split(' ');

export class MadeUpRows {
  readonly kind: RowKind;
  readonly #specs: BatchSpecs;
  readonly #texts: readonly Buffer[];

  /** @param texts used first, for a text model; cut to `maxTextLength`. */
  constructor(specs: BatchSpecs, kind: RowKind, texts: readonly string[] = [], maxTextLength = 1000) {
    this.kind = kind;
    this.#specs = specs;
    const takesText = specs.inputs.some(({ dtype }) => dtype === 'string');
    const all = takesText ? Array.from({ length: MADE_UP_ROWS }, (_, row) => texts[row] ?? madeUpText(row)) : [];
    this.#texts = all.map((text) => Buffer.from(kind === 'zero' ? '' : text.slice(0, maxTextLength), 'utf8'));
  }

  /** Largest element of a row, but at least 1. */
  sizeOf(row: number): number {
    return this.kind === 'wide' ? Math.max(1, SIZES[row % SIZES.length] ?? 1) : 1;
  }

  /** UTF-8 size of these rows' texts, in bytes. */
  textBytes(rows: readonly number[]): number {
    return rows.reduce((sum, row) => sum + (this.#texts[row % MADE_UP_ROWS]?.length ?? 0), 0);
  }

  /** A batch of these rows, in this order. */
  pack(rows: readonly number[]): ArrayBuffer {
    const texts = this.#texts.length === 0 ? [] : rows.map((row) => this.#texts[row % MADE_UP_ROWS] ?? Buffer.alloc(0));
    const buffer = new ArrayBuffer(batchBytes(this.#specs, rows.length, this.textBytes(rows)));
    const { inputs, text } = viewBatch(this.#specs, rows.length, buffer);
    for (const [index, spec] of this.#specs.inputs.entries()) {
      const target = inputs[index];
      if (target === undefined || spec.dtype === 'string') continue;
      const size = elementCount(spec.shape);
      for (const [place, row] of rows.entries())
        this.#write(spec, index, row % MADE_UP_ROWS, target, place * size, size);
    }
    let offset = 0;
    for (const [place, bytes] of texts.entries()) {
      text?.lengths.set([bytes.length], place);
      text?.bytes.set(bytes, offset);
      offset += bytes.length;
    }
    return buffer;
  }

  #write(spec: InputSpec, input: number, row: number, target: TensorArray, from: number, size: number): void {
    if (this.kind === 'zero' || (this.kind === 'wide' && row === ZERO_ROW)) return;
    const next = random(row * 64 + input);
    const width = this.kind === 'wide' ? (SIZES[row % SIZES.length] ?? 1) : 1;
    // Every other row is positive, as images and counts are.
    const isSigned = this.kind === 'wide' && row % 2 === 0;
    for (let i = from; i < from + size; i++) {
      const value = next();
      // An integer may be an index into a table of unknown size.
      target[i] = spec.dtype === 'float32' ? width * (isSigned ? 2 * value - 1 : value) : value < 0.5 ? 0 : 1;
    }
  }
}

function madeUpText(row: number): string {
  const next = random(row);
  return Array.from({ length: 2 + (row % 11) }, () => WORDS[Math.floor(next() * WORDS.length)] ?? '').join(' ');
}

/** Numbers from 0 to 1, deterministic for a seed (mulberry32). */
function random(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
