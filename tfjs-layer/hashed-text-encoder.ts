/**
 * The text encoder as a TensorFlow.js layer: texts in, numbers out, with its tables among the model's own weights. A
 * text is given as its code points, because tfjs cannot batch string tensors; `textTensor` makes them. It computes text
 * by text, straight from the definition and without a cache: it is the reference for the hub's fast encoder, and lets
 * any tfjs load a model that contains it. Does not import TensorFlow.js: it is given the one that loads the model.
 */

import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { layers as layerTypes } from '@tensorflow/tfjs-layers';
import {
  type EncoderSizes,
  type EncoderWeights,
  encoderProblem,
  encoderShapes,
  WINDOW,
} from '../shared/text/encoder-weights.js';
import { mix } from '../shared/text/hash.js';
import { TokenList } from '../shared/text/token-list.js';
import { Tokeniser } from '../shared/text/tokenise.js';
import { MAX_NGRAMS, ngramHashes } from '../shared/text/word-hashes.js';

export type TfCore = typeof import('@tensorflow/tfjs-core');
export type TfLayers = typeof import('@tensorflow/tfjs-layers');

export const HASHED_TEXT_ENCODER = 'HashedTextEncoder';

export type HashedTextEncoderArgs = EncoderSizes & { readonly name?: string };

export type EncoderLayer = layerTypes.Layer & { readonly sizes: EncoderSizes };

export interface HashedTextEncoderClass {
  readonly className: string;
  new (args: HashedTextEncoderArgs): EncoderLayer;
}

const registered = new WeakMap<object, HashedTextEncoderClass>();

/**
 * Registers the layer, so that `loadLayersModel` knows it, and returns its class. `core` and `layers` are the modules
 * that will load the model; `@tensorflow/tfjs` serves as both. Registering twice does no harm.
 */
export function registerHashedTextEncoder(
  core: Pick<TfCore, 'tensor2d' | 'serialization'>,
  layers: Pick<TfLayers, 'layers' | 'initializers'>,
): HashedTextEncoderClass {
  const known = registered.get(layers.layers);
  if (known !== undefined) return known;

  class HashedTextEncoder extends layers.layers.Layer {
    static readonly className = HASHED_TEXT_ENCODER;
    readonly sizes: EncoderSizes;

    constructor(args: HashedTextEncoderArgs) {
      const { wordBits, ngramBits, width, filters, maxTokens, ...rest } = args;
      super(rest);
      this.sizes = { wordBits, ngramBits, width, filters, maxTokens };
      const problem = encoderProblem(this.sizes);
      if (problem !== undefined) throw new RangeError(`${HASHED_TEXT_ENCODER}: ${problem}`);
    }

    override build(): void {
      // Zeros are cheap to load; the model's weights replace them.
      const zeros = layers.initializers.zeros();
      for (const [name, shape] of Object.entries(encoderShapes(this.sizes))) {
        this.addWeight(name, shape, 'float32', zeros);
      }
      this.built = true;
    }

    override computeOutputShape(inputShape: (number | null)[] | (number | null)[][]): (number | null)[] {
      const [rows] = inputShape;
      return [Array.isArray(rows) ? (rows[0] ?? null) : (rows ?? null), 2 * this.sizes.filters];
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      const [input] = Array.isArray(inputs) ? inputs : [inputs];
      const [rows, length] = input?.shape ?? [];
      if (input === undefined || input.rank !== 2 || rows === undefined || length === undefined) {
        throw new TypeError(`${HASHED_TEXT_ENCODER} takes a tensor that textTensor() made`);
      }
      const points = input.dataSync();
      const width = 2 * this.sizes.filters;
      const features = new Float32Array(rows * width);
      const reference = new ReferenceEncoder(this.sizes, weightsOf(this));
      for (let row = 0; row < rows; row++) {
        let text = '';
        for (let i = row * length; i < (row + 1) * length && (points[i] ?? END) !== END; i++) {
          text += String.fromCodePoint(points[i] ?? 0);
        }
        features.set(reference.encode(text), row * width);
      }
      return core.tensor2d(features, [rows, width]);
    }

    override getConfig() {
      return { ...super.getConfig(), ...this.sizes };
    }
  }

  core.serialization.registerClass(HashedTextEncoder);
  registered.set(layers.layers, HashedTextEncoder);
  return HashedTextEncoder;
}

/** Pads a text's code points to the length of the longest text. */
const END = -1;

/** The texts in the form that a model with this layer expects: `[rows, code points]`, int32. */
export function textTensor(core: Pick<TfCore, 'tensor2d'>, texts: readonly string[]): Tensor2D {
  const rows = texts.map((text) => Int32Array.from(text, (character) => character.codePointAt(0) ?? 0));
  const length = rows.reduce((longest, points) => Math.max(longest, points.length), 1);
  const values = new Int32Array(rows.length * length).fill(END);
  for (const [row, points] of rows.entries()) values.set(points, row * length);
  return core.tensor2d(values, [rows.length, length], 'int32');
}

/** The layer's weights, copied out. */
export function weightsOf(layer: layerTypes.Layer): EncoderWeights {
  const [words, ngrams, kernel, bias] = layer.getWeights().map((weight) => weight.dataSync<'float32'>());
  if (words === undefined || ngrams === undefined || kernel === undefined || bias === undefined) {
    throw new TypeError(`${layer.name} lacks a weight`);
  }
  return { words, ngrams, kernel, bias };
}

/** The definition, written out literally. */
class ReferenceEncoder {
  readonly #tokens: TokenList;
  readonly #tokeniser: Tokeniser;
  readonly #hashes = new Uint32Array(MAX_NGRAMS);

  readonly #sizes: EncoderSizes;
  readonly #weights: EncoderWeights;

  constructor(sizes: EncoderSizes, weights: EncoderWeights) {
    this.#sizes = sizes;
    this.#weights = weights;
    this.#tokens = new TokenList(sizes.maxTokens);
    this.#tokeniser = new Tokeniser(this.#tokens);
  }

  encode(text: string): Float32Array {
    const { filters, width } = this.#sizes;
    const { kernel, bias } = this.#weights;
    const features = new Float32Array(2 * filters);
    this.#tokeniser.tokenise(text);
    const vectors = Array.from({ length: this.#tokens.count }, (_, token) => this.#vector(token));
    for (let i = 0; i < vectors.length; i++) {
      for (let f = 0; f < filters; f++) {
        let answer = bias[f] ?? 0;
        for (let place = 0; place < WINDOW; place++) {
          const vector = vectors[i + place - 1];
          for (let k = 0; vector !== undefined && k < width; k++) {
            answer += (vector[k] ?? 0) * (kernel[(place * width + k) * filters + f] ?? 0);
          }
        }
        features[f] = Math.max(features[f] ?? 0, answer);
        features[filters + f] = (features[filters + f] ?? 0) + Math.max(answer, 0) / Math.sqrt(vectors.length);
      }
    }
    return features;
  }

  #vector(token: number): Float64Array {
    const tokens = this.#tokens;
    const hashes = this.#hashes;
    const { wordBits, ngramBits, width } = this.#sizes;
    const { words, ngrams } = this.#weights;
    const vector = new Float64Array(width);
    const count = ngramHashes(tokens.points, tokens.start(token), tokens.end(token), hashes);
    for (let i = 0; i < count; i++) {
      const row = (hashes[i] ?? 0) >>> (32 - ngramBits);
      for (let k = 0; k < width; k++) vector[k] = (vector[k] ?? 0) + (ngrams[row * width + k] ?? 0) / Math.sqrt(count);
    }
    const row = mix(tokens.hashes[token] ?? 0) >>> (32 - wordBits);
    for (let k = 0; k < width; k++) vector[k] = (vector[k] ?? 0) + (words[row * width + k] ?? 0);
    return vector;
  }
}
