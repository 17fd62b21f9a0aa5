/**
 * Parses a featuriser's configuration from a model's manifest and creates the featuriser. Pure: runs in the engine
 * worker, in training and in a browser.
 */
import type { Featuriser } from './featuriser-contract.js';
import { HashedNgrams, type HashedNgramsConfig } from './hashed-ngrams.js';
import { isTokenizerName, parseTokenizerConfig, type TokenizerConfig } from './tokenizer/tokenizer-config.js';
import { VocabularyIds, type VocabularyIdsConfig } from './vocabulary-ids.js';

/** The text encoder is a layer of the model, which holds its sizes and weights: it has no settings here. */
export interface HashedTextEncoderConfig {
  readonly name: 'hashed-text-encoder';
}

/** One member per featuriser, discriminated by `name`. */
export type FeaturiserConfig = HashedNgramsConfig | VocabularyIdsConfig | HashedTextEncoderConfig | TokenizerConfig;

export type FeaturiserConfigResult =
  | { readonly ok: true; readonly config: FeaturiserConfig }
  | { readonly ok: false; readonly problem: string };

type Ranges = Readonly<Record<string, readonly [least: number, most: number]>>;

const NGRAM_RANGES = {
  buckets: [2, 2 ** 24],
  length: [1, 4096],
  maxTokens: [1, 1024],
  minWordLength: [1, 24],
} as const satisfies Ranges;

const MOST_WORDS = 2 ** 20;
const ID_RANGES = {
  length: [1, 1024],
  padding: [0, MOST_WORDS],
  unknown: [0, MOST_WORDS],
} as const satisfies Ranges;

/** Checks the `featuriser` field of a manifest. Never throws; `problem` says what was found and what was expected. */
export function parseFeaturiserConfig(value: unknown): FeaturiserConfigResult {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return problem(`featuriser must be an object such as { "name": "hashed-ngrams", ... }`);
  }
  const fields = new Map<string, unknown>(Object.entries(value));
  const name = fields.get('name');
  fields.delete('name');
  if (isTokenizerName(name)) return parseTokenizerConfig(name, fields);
  switch (name) {
    case 'hashed-ngrams':
      return parseHashedNgrams(fields);
    case 'vocabulary-ids':
      return parseVocabularyIds(fields);
    case 'hashed-text-encoder': {
      const stray = unknownField(fields, name, []);
      return stray ?? { ok: true, config: { name } };
    }
    default:
      return problem(
        `featuriser.name is ${shown(name)}, expected "wordpiece", "bpe", "unigram", "hashed-ngrams", "vocabulary-ids" or "hashed-text-encoder"`,
      );
  }
}

/**
 * Creates a featuriser whose configuration is complete. The text encoder is not one, since its weights are in the model,
 * nor is a tokenizer, which is a file beside it.
 */
export function createFeaturiser(config: HashedNgramsConfig | VocabularyIdsConfig): Featuriser {
  return config.name === 'hashed-ngrams' ? new HashedNgrams(config) : new VocabularyIds(config);
}

function parseHashedNgrams(fields: ReadonlyMap<string, unknown>): FeaturiserConfigResult {
  const numbers = readNumbers(fields, NGRAM_RANGES);
  if (typeof numbers === 'string') return problem(numbers);
  const { buckets } = numbers;
  if ((buckets & (buckets - 1)) !== 0) {
    return problem(`featuriser.buckets is ${buckets}, expected a power of two such as 65536`);
  }
  return (
    unknownField(fields, 'hashed-ngrams', Object.keys(NGRAM_RANGES)) ?? {
      ok: true,
      config: { name: 'hashed-ngrams', ...numbers },
    }
  );
}

function parseVocabularyIds(fields: ReadonlyMap<string, unknown>): FeaturiserConfigResult {
  const words = fields.get('words');
  if (!isStrings(words) || words.length === 0 || words.length > MOST_WORDS) {
    return problem(`featuriser.words is ${shown(words)}, expected a list of 1 to ${MOST_WORDS} strings`);
  }
  const numbers = readNumbers(fields, ID_RANGES);
  if (typeof numbers === 'string') return problem(numbers);
  return (
    unknownField(fields, 'vocabulary-ids', ['words', ...Object.keys(ID_RANGES)]) ?? {
      ok: true,
      config: { name: 'vocabulary-ids', words, ...numbers },
    }
  );
}

/** Reads the integers named by `ranges`, or says what is wrong with the first bad one. */
function readNumbers<Name extends string>(
  fields: ReadonlyMap<string, unknown>,
  ranges: Readonly<Record<Name, readonly [number, number]>>,
): Record<Name, number> | string {
  const numbers: Partial<Record<Name, number>> = {};
  for (const name of Object.keys(ranges) as Name[]) {
    const [least, most] = ranges[name];
    const number = fields.get(name);
    if (typeof number !== 'number' || !Number.isInteger(number) || number < least || number > most) {
      return `featuriser.${name} is ${shown(number)}, expected a whole number from ${least} to ${most}`;
    }
    numbers[name] = number;
  }
  // Every name of the ranges has been set.
  return numbers as Record<Name, number>;
}

function unknownField(
  fields: ReadonlyMap<string, unknown>,
  name: string,
  known: readonly string[],
): FeaturiserConfigResult | undefined {
  const stray = [...fields.keys()].find((field) => !known.includes(field));
  if (stray === undefined) return undefined;
  return problem(`featuriser.${stray} is not known; ${name} takes ${known.length === 0 ? 'none' : known.join(', ')}`);
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function problem(text: string): FeaturiserConfigResult & { readonly ok: false } {
  return { ok: false, problem: text };
}

/** A value shortened for a message. */
function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  return Array.isArray(value) ? 'an array' : `of type ${typeof value}`;
}
