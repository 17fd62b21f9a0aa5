/**
 * The convolution over a text's words and its pooling: the maximum and the sum per filter. The kernel is applied once
 * to the batch's distinct words (`parts`); a text then only adds its neighbours' contributions.
 */

import type { Batch } from '../texts/batch.js';

export interface ConvolutionSizes {
  readonly filters: number;
  /** Words covered by a filter, odd. */
  readonly window: number;
}

export class Convolution {
  /** Outputs of the filters at each token, after relu. */
  #answers = new Float32Array(0);
  /** Per text and filter: the token with the largest output. */
  #peaks = new Int32Array(0);
  #slopes = new Float32Array(0);

  constructor(readonly sizes: ConvolutionSizes) {}

  /**
   * `parts` holds `window` times `filters` numbers per slot: what the word adds to the output at each place from before
   * it to after it. Writes `2 * filters` numbers per text to `pooled`, `stride` apart.
   */
  forward(
    batch: Batch,
    parts: Float32Array,
    bias: Float32Array,
    kept: Uint8Array | undefined,
    pooled: Float32Array,
    stride: number,
  ): void {
    const { filters, window } = this.sizes;
    const half = (window - 1) / 2;
    const columns = window * filters;
    if (this.#answers.length < batch.tokenCount * filters)
      this.#answers = new Float32Array(2 * batch.tokenCount * filters);
    if (this.#peaks.length < batch.count * filters) this.#peaks = new Int32Array(batch.count * filters);
    const answers = this.#answers;
    const peaks = this.#peaks;
    for (let text = 0; text < batch.count; text++) {
      const start = batch.starts[text] ?? 0;
      const end = batch.starts[text + 1] ?? 0;
      for (let token = start; token < end; token++) {
        for (let f = 0; f < filters; f++) answers[token * filters + f] = bias[f] ?? 0;
      }
      for (let token = start; token < end; token++) {
        if (kept !== undefined && kept[token] === 0) continue;
        const from = (batch.slots[token] ?? 0) * columns;
        for (let place = 0; place < window; place++) {
          const target = token + half - place;
          if (target < start || target >= end) continue;
          const to = target * filters;
          const part = from + place * filters;
          for (let f = 0; f < filters; f++) answers[to + f] = (answers[to + f] ?? 0) + (parts[part + f] ?? 0);
        }
      }
      const share = end > start ? 1 / Math.sqrt(end - start) : 0;
      const out = text * stride;
      for (let f = 0; f < filters; f++) {
        let largest = 0;
        let peak = -1;
        let sum = 0;
        for (let token = start; token < end; token++) {
          const answer = answers[token * filters + f] ?? 0;
          if (answer <= 0) {
            answers[token * filters + f] = 0;
            continue;
          }
          sum += answer;
          if (answer > largest) {
            largest = answer;
            peak = token;
          }
        }
        peaks[text * filters + f] = peak;
        pooled[out + f] = largest;
        pooled[out + filters + f] = sum * share;
      }
    }
  }

  /** From the gradient of `pooled`, writes the gradient of `parts` and adds that of the bias. */
  backward(
    batch: Batch,
    pooledSlopes: Float32Array,
    stride: number,
    kept: Uint8Array | undefined,
    partSlopes: Float32Array,
    biasSlopes: Float32Array,
  ): void {
    const { filters, window } = this.sizes;
    const half = (window - 1) / 2;
    const columns = window * filters;
    if (this.#slopes.length < this.#answers.length) this.#slopes = new Float32Array(this.#answers.length);
    const answers = this.#answers;
    const peaks = this.#peaks;
    const slopes = this.#slopes;
    partSlopes.fill(0, 0, batch.wordCount * columns);
    for (let text = 0; text < batch.count; text++) {
      const start = batch.starts[text] ?? 0;
      const end = batch.starts[text + 1] ?? 0;
      const share = end > start ? 1 / Math.sqrt(end - start) : 0;
      const from = text * stride;
      for (let token = start; token < end; token++) {
        for (let f = 0; f < filters; f++) {
          const at = token * filters + f;
          let slope = 0;
          if ((answers[at] ?? 0) > 0) {
            slope = share * (pooledSlopes[from + filters + f] ?? 0);
            if (peaks[text * filters + f] === token) slope += pooledSlopes[from + f] ?? 0;
          }
          slopes[at] = slope;
          biasSlopes[f] = (biasSlopes[f] ?? 0) + slope;
        }
      }
      for (let token = start; token < end; token++) {
        if (kept !== undefined && kept[token] === 0) continue;
        const to = (batch.slots[token] ?? 0) * columns;
        for (let place = 0; place < window; place++) {
          const target = token + half - place;
          if (target < start || target >= end) continue;
          const answer = target * filters;
          const part = to + place * filters;
          for (let f = 0; f < filters; f++)
            partSlopes[part + f] = (partSlopes[part + f] ?? 0) + (slopes[answer + f] ?? 0);
        }
      }
    }
  }
}
