/**
 * The text network: word vectors, convolution and pooling, a hidden layer, and one softmax per set of labels. Gradients
 * are hand-written, so that a step costs what its words cost and not the whole tables; the engine computes the large
 * products.
 */

import type { Batch } from '../texts/batch.js';
import type { WordRows } from '../texts/words.js';
import { Convolution, type ConvolutionSizes } from './convolution.js';
import { createDense, type Dense, softmax } from './dense.js';
import { add, addRows, type Multiply, matrix, scale } from './matrix.js';
import type { Random } from './random.js';
import { Table } from './table.js';
import { type TableSizes, WordVectors } from './word-vectors.js';

export interface NetworkSizes extends TableSizes, ConvolutionSizes {
  readonly hidden: number;
  /** Whether the hidden layer also receives the sum of the word vectors. */
  readonly bag: boolean;
}

export interface Regularisation {
  /** Fraction of activations between layers that a step drops. */
  readonly dropout: number;
  /** Fraction of words that a step drops. */
  readonly wordDropout: number;
}

/**
 * The targets of a step: for each text of the batch, the head and the target probabilities, which may sum to any
 * weight.
 */
export interface Lesson {
  readonly heads: Uint8Array;
  /** `MAX_CLASSES` per text. */
  readonly targets: Float32Array;
}

export const MAX_CLASSES = 28;

export class Network {
  readonly vectors: WordVectors;
  /** `width` rows of `window * filters`. */
  readonly kernel: Table;
  readonly kernelBias: Table;
  readonly hidden: Dense;
  readonly heads: readonly Dense[];
  readonly #convolution: Convolution;
  #room = { v: new Float32Array(0), vMask: new Float32Array(0), partSlopes: new Float32Array(0) };
  #kept = new Uint8Array(0);

  readonly #multiply: Multiply;
  readonly #random: Random;

  constructor(
    readonly sizes: NetworkSizes,
    classes: readonly number[],
    rows: WordRows,
    multiply: Multiply,
    random: Random,
  ) {
    this.#multiply = multiply;
    this.#random = random;
    const { width, filters, window, hidden } = sizes;
    const columns = window * filters;
    this.vectors = new WordVectors(sizes, rows, random);
    this.kernel = new Table(random.normals(width * columns, Math.sqrt(2 / (width * window))), width * columns);
    this.kernelBias = new Table(new Float32Array(filters), filters);
    this.#convolution = new Convolution(sizes);
    this.hidden = createDense(this.pooledWidth, hidden, 2, random);
    this.heads = classes.map((count) => createDense(hidden, count, 1, random));
  }

  get pooledWidth(): number {
    return 2 * this.sizes.filters + (this.sizes.bag ? this.sizes.width : 0);
  }

  /** One training step; returns the loss of the batch. `step` counts from 1. */
  learn(batch: Batch, lesson: Lesson, { dropout, wordDropout }: Regularisation, step: number, rate: number): number {
    const { pooledWidth, hidden } = this;
    const random = this.#random;
    const { width } = this.sizes;
    const dense = this.#dense();
    for (const table of dense) table.touch(0, step, rate);
    this.vectors.touch(batch, step, rate);

    const kept = this.#keep(batch.tokenCount, wordDropout);
    const { v, vMask } = this.#makeRoom(batch);
    const vSize = batch.wordCount * width;
    this.vectors.forward(batch, v);
    random.dropout(vMask, vSize, dropout);
    scale(v, vMask, vSize);
    const r = this.#pool(batch, v, kept);
    const rMask = new Float32Array(r.length);
    random.dropout(rMask, r.length, dropout);
    scale(r, rMask, r.length);
    const h = this.#hide(r, batch.count);
    const hMask = new Float32Array(h.length);
    random.dropout(hMask, h.length, dropout);
    scale(h, hMask, h.length);

    const hSlopes = new Float32Array(h.length);
    const loss = this.#answerAndBlame(h, batch.count, lesson, hSlopes);
    for (let i = 0; i < h.length; i++) hSlopes[i] = (h[i] ?? 0) > 0 ? (hSlopes[i] ?? 0) * (hMask[i] ?? 0) : 0;
    const hSlope = matrix(hSlopes, batch.count, hidden.outputs);
    add(hidden.kernel.gradient, this.#multiply(matrix(r, batch.count, pooledWidth), hSlope, true));
    addRows(hidden.bias.gradient, hSlope);
    const rSlopes = this.#multiply(hSlope, matrix(hidden.kernel.values, pooledWidth, hidden.outputs), false, true);
    scale(rSlopes, rMask, rSlopes.length);
    const vSlopes = this.#blamePool(batch, v, kept, rSlopes);
    scale(vSlopes, vMask, vSize);
    this.vectors.backward(batch, vSlopes);

    for (const table of dense) table.update(step, rate);
    this.vectors.words.update(step, rate);
    this.vectors.ngrams.update(step, rate);
    return loss;
  }

  /** Clears all momentum: the next step is step 1. */
  restart(): void {
    for (const table of [...this.#dense(), this.vectors.words, this.vectors.ngrams]) table.restart();
  }

  /** Brings all weights up to date after the last step. */
  finish(step: number, rate: number): void {
    this.vectors.words.finish(step, rate);
    this.vectors.ngrams.finish(step, rate);
  }

  /** Head `head`'s probabilities for the texts of the batch. */
  predict(batch: Batch, head: number): Float32Array {
    const { v } = this.#makeRoom(batch);
    this.vectors.forward(batch, v);
    const h = this.#hide(this.#pool(batch, v, undefined), batch.count);
    const layer = this.heads[head];
    if (layer === undefined) throw new RangeError(`no head ${head}`);
    const answers = new Float32Array(batch.count * layer.outputs);
    for (let text = 0; text < batch.count; text++) {
      softmax(layer, h, text * layer.inputs, answers, text * layer.outputs);
    }
    return answers;
  }

  #dense(): Table[] {
    const { kernel, kernelBias, hidden, heads } = this;
    return [kernel, kernelBias, ...[hidden, ...heads].flatMap((layer) => [layer.kernel, layer.bias])];
  }

  #keep(tokens: number, wordDropout: number): Uint8Array {
    if (this.#kept.length < tokens) this.#kept = new Uint8Array(2 * tokens);
    for (let i = 0; i < tokens; i++) this.#kept[i] = this.#random.next() < wordDropout ? 0 : 1;
    return this.#kept;
  }

  #makeRoom({ wordCount }: Batch) {
    const { width, window, filters } = this.sizes;
    if (this.#room.v.length < wordCount * width) {
      const room = Math.ceil(1.5 * wordCount);
      this.#room = {
        v: new Float32Array(room * width),
        vMask: new Float32Array(room * width),
        partSlopes: new Float32Array(room * window * filters),
      };
    }
    return this.#room;
  }

  #pool(batch: Batch, v: Float32Array, kept: Uint8Array | undefined): Float32Array {
    const { width, window, filters, bag } = this.sizes;
    const stride = this.pooledWidth;
    const r = new Float32Array(batch.count * stride);
    if (batch.wordCount === 0) return r;
    const kernel = matrix(this.kernel.values, width, window * filters);
    const parts = this.#multiply(matrix(v, batch.wordCount, width), kernel);
    this.#convolution.forward(batch, parts, this.kernelBias.values, kept, r, stride);
    if (bag) {
      forEachToken(batch, kept, (text, slot, share) => {
        const to = text * stride + 2 * filters;
        for (let k = 0; k < width; k++) r[to + k] = (r[to + k] ?? 0) + share * (v[slot * width + k] ?? 0);
      });
    }
    return r;
  }

  #blamePool(batch: Batch, v: Float32Array, kept: Uint8Array, rSlopes: Float32Array): Float32Array {
    const { width, window, filters, bag } = this.sizes;
    const stride = this.pooledWidth;
    if (batch.wordCount === 0) return new Float32Array(0);
    const { partSlopes } = this.#room;
    this.#convolution.backward(batch, rSlopes, stride, kept, partSlopes, this.kernelBias.gradient);
    const slopes = matrix(partSlopes, batch.wordCount, window * filters);
    add(this.kernel.gradient, this.#multiply(matrix(v, batch.wordCount, width), slopes, true));
    const kernel = matrix(this.kernel.values, width, window * filters);
    const vSlopes = this.#multiply(slopes, kernel, false, true);
    if (bag) {
      forEachToken(batch, kept, (text, slot, share) => {
        const from = text * stride + 2 * filters;
        const to = slot * width;
        for (let k = 0; k < width; k++) vSlopes[to + k] = (vSlopes[to + k] ?? 0) + share * (rSlopes[from + k] ?? 0);
      });
    }
    return vSlopes;
  }

  #hide(r: Float32Array, count: number): Float32Array {
    const { kernel, bias, inputs, outputs } = this.hidden;
    const h = this.#multiply(matrix(r, count, inputs), matrix(kernel.values, inputs, outputs));
    for (let i = 0; i < h.length; i++) h[i] = Math.max((h[i] ?? 0) + (bias.values[i % outputs] ?? 0), 0);
    return h;
  }

  /** The mean cross-entropy of the batch; adds to the gradients of the heads and writes that of the hidden layer. */
  #answerAndBlame(h: Float32Array, count: number, lesson: Lesson, hSlopes: Float32Array): number {
    const probabilities = new Float32Array(MAX_CLASSES);
    let loss = 0;
    for (let text = 0; text < count; text++) {
      const layer = this.heads[lesson.heads[text] ?? 0];
      if (layer === undefined) throw new RangeError(`text ${text} has no head`);
      const { kernel, bias, inputs, outputs } = layer;
      const from = text * inputs;
      softmax(layer, h, from, probabilities, 0);
      let weight = 0;
      for (let c = 0; c < outputs; c++) weight += lesson.targets[text * MAX_CLASSES + c] ?? 0;
      for (let c = 0; c < outputs; c++) {
        const target = lesson.targets[text * MAX_CLASSES + c] ?? 0;
        const probability = probabilities[c] ?? 0;
        loss -= target * Math.log(Math.max(probability, 1e-12));
        const slope = (weight * probability - target) / count;
        bias.gradient[c] = (bias.gradient[c] ?? 0) + slope;
        for (let k = 0; k < inputs; k++) {
          const at = k * outputs + c;
          kernel.gradient[at] = (kernel.gradient[at] ?? 0) + slope * (h[from + k] ?? 0);
          hSlopes[from + k] = (hSlopes[from + k] ?? 0) + slope * (kernel.values[at] ?? 0);
        }
      }
    }
    return loss / count;
  }
}

function forEachToken(
  batch: Batch,
  kept: Uint8Array | undefined,
  visit: (text: number, slot: number, share: number) => void,
): void {
  for (let text = 0; text < batch.count; text++) {
    const start = batch.starts[text] ?? 0;
    const end = batch.starts[text + 1] ?? 0;
    const share = 1 / Math.sqrt(end - start);
    for (let token = start; token < end; token++) {
      if (kept === undefined || kept[token] === 1) visit(text, batch.slots[token] ?? 0, share);
    }
  }
}
