/**
 * What turns texts into the tensors of a model, and the configuration of it that stands in a model's manifest. Pure: runs in the
 * engine worker, in training and in a browser.
 */
import type { TensorArray, TensorSpec } from '../tensor.js';
import { HashedNgrams, type HashedNgramsConfig } from './hashed-ngrams.js';

export interface Featuriser {
  /** The tensors that one text becomes, in the order of the model's inputs; shape without the batch dimension. */
  readonly tensors: readonly TensorSpec[];
  /**
   * Writes the features of one text as row `row` of each target; every element of the row is written. Any string will do. Throws
   * only on targets that do not fit `tensors`.
   */
  write(text: string, row: number, targets: readonly TensorArray[]): void;
  /** The same for a text that is `bytes[start .. end)` in UTF-8, as texts lie in a batch. */
  writeUtf8(bytes: Uint8Array, start: number, end: number, row: number, targets: readonly TensorArray[]): void;
}

/** One member for each featuriser, told apart by `name`. */
export type FeaturiserConfig = HashedNgramsConfig;

export type FeaturiserConfigResult =
  | { readonly ok: true; readonly config: FeaturiserConfig }
  | { readonly ok: false; readonly problem: string };

/** The integer fields of `hashed-ngrams` with their smallest and largest values. */
const HASHED_NGRAMS_RANGES = {
  buckets: [2, 2 ** 24],
  length: [1, 4096],
  maxTokens: [1, 1024],
  minWordLength: [1, 24],
} as const;

/** Checks the `featuriser` field of a manifest. Never throws; `problem` says what was found and what was expected. */
export function parseFeaturiserConfig(value: unknown): FeaturiserConfigResult {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return problem(`featuriser must be an object such as { "name": "hashed-ngrams", ... }`);
  }
  const fields = new Map<string, unknown>(Object.entries(value));
  if (fields.get('name') !== 'hashed-ngrams') {
    return problem(`featuriser.name is ${shown(fields.get('name'))}, expected "hashed-ngrams"`);
  }
  const found = new Map<string, number>();
  for (const [field, [least, most]] of Object.entries(HASHED_NGRAMS_RANGES)) {
    const number = fields.get(field);
    if (typeof number !== 'number' || !Number.isInteger(number) || number < least || number > most) {
      return problem(`featuriser.${field} is ${shown(number)}, expected a whole number from ${least} to ${most}`);
    }
    found.set(field, number);
  }
  const buckets = found.get('buckets') ?? 0;
  if ((buckets & (buckets - 1)) !== 0) {
    return problem(`featuriser.buckets is ${buckets}, expected a power of two such as 65536`);
  }
  for (const field of fields.keys()) {
    if (field !== 'name' && !found.has(field)) {
      return problem(`featuriser.${field} is not known; hashed-ngrams takes ${[...found.keys()].join(', ')}`);
    }
  }
  return {
    ok: true,
    config: {
      name: 'hashed-ngrams',
      buckets,
      length: found.get('length') ?? 0,
      maxTokens: found.get('maxTokens') ?? 0,
      minWordLength: found.get('minWordLength') ?? 0,
    },
  };
}

export function createFeaturiser(config: FeaturiserConfig): Featuriser {
  return new HashedNgrams(config);
}

function problem(text: string): FeaturiserConfigResult {
  return { ok: false, problem: text };
}

/** The value as it may stand in a message: short, whatever it is. */
function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  return Array.isArray(value) ? 'an array' : `of type ${typeof value}`;
}
