/**
 * The sizes and weights of the text encoder: two tables from which a word gets its vector, and a convolution over three words. What
 * is computed with them is said in `text-encoder.ts`.
 */

export interface EncoderSizes {
  /** The table of words has `2 ** wordBits` rows, that of character n-grams `2 ** ngramBits`. */
  readonly wordBits: number;
  readonly ngramBits: number;
  /** Numbers in a word's vector. */
  readonly width: number;
  readonly filters: number;
  /** Tokens of a text that are read. */
  readonly maxTokens: number;
}

/** Row by row. Read, never written. */
export interface EncoderWeights {
  /** `[2 ** wordBits, width]` */
  readonly words: Float32Array;
  /** `[2 ** ngramBits, width]` */
  readonly ngrams: Float32Array;
  /** `[3, width, filters]`: for the word before, the word itself, the word after. */
  readonly kernel: Float32Array;
  /** `[filters]` */
  readonly bias: Float32Array;
}

/** Words that a filter sees. */
export const WINDOW = 3;

/** The smallest and largest value of each size. */
const ENCODER_RANGES: Readonly<Record<keyof EncoderSizes, readonly [number, number]>> = {
  wordBits: [1, 24],
  ngramBits: [1, 24],
  width: [1, 1024],
  filters: [1, 1024],
  maxTokens: [1, 1024],
};

/** What is wrong with them, or undefined. */
export function encoderProblem(sizes: EncoderSizes, weights?: EncoderWeights): string | undefined {
  for (const [name, value] of Object.entries(sizes)) {
    const range = ENCODER_RANGES[name as keyof EncoderSizes];
    if (range !== undefined && !(Number.isInteger(value) && value >= range[0] && value <= range[1])) {
      return `${name} is ${value}, expected a whole number from ${range[0]} to ${range[1]}`;
    }
  }
  if (weights === undefined) return undefined;
  for (const [name, shape] of Object.entries(encoderShapes(sizes))) {
    const { length } = weights[name as keyof EncoderWeights];
    const expected = shape.reduce((product, size) => product * size, 1);
    if (length !== expected) return `${name} has ${length} numbers, expected ${expected}`;
  }
  return undefined;
}

export function encoderShapes(sizes: EncoderSizes): Record<keyof EncoderWeights, number[]> {
  const { wordBits, ngramBits, width, filters } = sizes;
  return {
    words: [2 ** wordBits, width],
    ngrams: [2 ** ngramBits, width],
    kernel: [WINDOW, width, filters],
    bias: [filters],
  };
}
