/**
 * The bench's model: a perceptron 128 -> 256 -> 256 -> 3 with seeded weights, and its answers, computed in plain
 * TypeScript. Knows nothing of TensorFlow, files or sockets: the servers' answers are checked against it.
 */

import { Random } from '../../demo/text/random.js';

export interface DenseLayer {
  readonly name: string;
  readonly inputs: number;
  readonly units: number;
  readonly activation: 'relu' | 'softmax';
  /** Row-major, `[inputs, units]`. */
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
}

const SIZES = [128, 256, 256, 3] as const;
const WEIGHT_SEED = 1;
const INPUT_SEED = 2;

/** Numbers in one input. */
const INPUT_LENGTH = SIZES[0];

/** Number of distinct inputs that the loaders send; request `id` carries input `id % INPUT_COUNT`. */
export const INPUT_COUNT = 64;

/** @param sizes inputs, then the units of each layer. */
export function buildMlp(sizes: readonly number[] = SIZES): readonly DenseLayer[] {
  const random = new Random(WEIGHT_SEED);
  const layers: DenseLayer[] = [];
  for (let at = 1; at < sizes.length; at++) {
    const inputs = sizes[at - 1] ?? 0;
    const units = sizes[at] ?? 0;
    // He's bound: activations keep their magnitude through the layers, so the answers differ between inputs.
    const bound = Math.sqrt(6 / inputs);
    layers.push({
      name: `dense_${at}`,
      inputs,
      units,
      activation: at === sizes.length - 1 ? 'softmax' : 'relu',
      kernel: Float32Array.from({ length: inputs * units }, () => random.between(-bound, bound)),
      bias: Float32Array.from({ length: units }, () => random.between(-0.1, 0.1)),
    });
  }
  return layers;
}

/** The inputs, in [-1, 1] with four decimals, as a program that reads sensors would send them. */
export function buildInputs(length: number = INPUT_LENGTH): readonly (readonly number[])[] {
  const random = new Random(INPUT_SEED);
  const number = () => Math.round(random.between(-1, 1) * 1e4) / 1e4;
  return Array.from({ length: INPUT_COUNT }, () => Array.from({ length }, number));
}

function evaluateMlp(layers: readonly DenseLayer[], input: readonly number[]): number[] {
  let values = [...input];
  for (const { inputs, units, activation, kernel, bias } of layers) {
    const sums = Array.from(bias);
    for (let from = 0; from < inputs; from++) {
      const value = values[from] ?? 0;
      for (let to = 0; to < units; to++) sums[to] = (sums[to] ?? 0) + value * (kernel[from * units + to] ?? 0);
    }
    values = activation === 'relu' ? sums.map((sum) => Math.max(sum, 0)) : softmax(sums);
  }
  return values;
}

function softmax(logits: readonly number[]): number[] {
  const top = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - top));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** The answer to each input, in the order of {@link buildInputs}. */
export function expectedPredictions(): readonly (readonly number[])[] {
  const layers = buildMlp();
  return buildInputs().map((input) => evaluateMlp(layers, input));
}
