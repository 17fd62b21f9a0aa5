/**
 * Sizes and weights of the text encoder: two tables that give each word its vector, and a convolution over three words.
 * The computation is described in `text-encoder.ts`.
 */

export interface EncoderSizes {
  /** The word table has `2 ** wordBits` rows, the n-gram table `2 ** ngramBits`. */
  readonly wordBits: number;
  readonly ngramBits: number;
  /** Length of a word's vector. */
  readonly width: number;
  readonly filters: number;
  /** Maximum tokens read from a text. */
  readonly maxTokens: number;
}

/** Row-major. Never written. */
export interface EncoderWeights {
  /** `[2 ** wordBits, width]` */
  readonly words: Float32Array;
  /** `[2 ** ngramBits, width]` */
  readonly ngrams: Float32Array;
  /** `[3, width, filters]`: for the previous word, the word itself and the next word. */
  readonly kernel: Float32Array;
  /** `[filters]` */
  readonly bias: Float32Array;
}

/** Words covered by a filter. */
export const WINDOW = 3;

/** The minimum and maximum of each size. */
const ENCODER_RANGES: Readonly<Record<keyof EncoderSizes, readonly [number, number]>> = {
  wordBits: [1, 24],
  ngramBits: [1, 24],
  width: [1, 1024],
  filters: [1, 1024],
  maxTokens: [1, 1024],
};

/** What is wrong with the sizes or weights; undefined when they are valid. */
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
