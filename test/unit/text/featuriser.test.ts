// The featuriser seam and the hashed n-grams behind it, against a plain implementation over strings.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elementCount } from '../../../shared/tensor.js';
import { createFeaturiser, parseFeaturiserConfig } from '../../../shared/text/featuriser.js';
import { CHARACTER_SEED, hashPoint, rowOf, WORD_SEED } from '../../../shared/text/hash.js';
import type { HashedNgramsConfig } from '../../../shared/text/hashed-ngrams.js';
import type { VocabularyIdsConfig } from '../../../shared/text/vocabulary-ids.js';
import { referenceTokens } from './reference-tokens.js';

const CONFIG: HashedNgramsConfig = {
  name: 'hashed-ngrams',
  buckets: 4096,
  length: 64,
  maxTokens: 20,
  minWordLength: 4,
};

function write(text: string, config = CONFIG): { ids: number[]; weights: number[] } {
  const ids = new Int32Array(config.length).fill(-7);
  const weights = new Float32Array(config.length).fill(-7);
  createFeaturiser(config).write(text, 0, [ids, weights]);
  return { ids: Array.from(ids), weights: Array.from(weights) };
}

function reference(text: string): { ids: number[]; weights: number[] } {
  const row = (gram: string, seed: number) =>
    rowOf(
      [...gram].reduce((h, c) => hashPoint(h, c.codePointAt(0) ?? 0), seed),
      12,
    );
  const tokens = referenceTokens(text, CONFIG.maxTokens);
  const grams: [id: number, weight: number][] = tokens.map((token) => [
    row(token, WORD_SEED),
    1 / Math.sqrt(tokens.length),
  ]);
  for (const [i, token] of tokens.entries()) {
    if (i > 0) grams.push([row(`${tokens[i - 1]} ${token}`, WORD_SEED), 0.5 / Math.sqrt(tokens.length)]);
  }
  for (const token of tokens) {
    const points = [...token];
    if (points.length < CONFIG.minWordLength || !/^[\p{L}\p{Nd}#]/u.test(token)) continue;
    const framed = ['<', ...points.slice(0, 24), '>'];
    const own = framed.slice(3).map((_, i) => framed.slice(i, i + 4).join(''));
    const kept = Math.min(own.length, CONFIG.length - grams.length);
    for (const gram of own) grams.push([row(gram, CHARACTER_SEED), 1 / Math.sqrt(tokens.length * kept)]);
  }
  const padded = Array.from({ length: CONFIG.length }, (_, i): [number, number] => grams[i] ?? [0, 0]);
  return { ids: padded.map(([id]) => id), weights: padded.map(([, weight]) => Math.fround(weight)) };
}

test('the tensors are ids and weights of the configured length', () => {
  expect(createFeaturiser(CONFIG).tensors).toEqual([
    { name: 'ids', dtype: 'int32', shape: [64] },
    { name: 'weights', dtype: 'float32', shape: [64] },
  ]);
});

test('a short text gives these rows, on which trained models depend', () => {
  const { ids, weights } = write('Not good :(', { ...CONFIG, length: 8 });
  expect(ids).toEqual([1866, 3527, 2727, 3332, 2352, 2304, 3685, 2975]);
  expect(weights.map((weight) => Number(weight.toFixed(4)))).toEqual([
    0.5774, 0.5774, 0.5774, 0.2887, 0.2887, 0.3333, 0.3333, 0.3333,
  ]);
});

test.each([
  'I love this!!!',
  'a'.repeat(200),
  '#TickCast works 🎉',
  'word '.repeat(40),
  'extraordinarily long words everywhere today',
])('words, pairs and character n-grams of %j are those of the plain implementation', (text) => {
  expect(write(text)).toEqual(reference(text));
});

test('the empty text is all padding', () => {
  const { ids, weights } = write('');
  expect(new Set(ids)).toEqual(new Set([0]));
  expect(new Set(weights)).toEqual(new Set([0]));
});

test('any text fills exactly its row: known ids with positive weights, then padding', () => {
  const featuriser = createFeaturiser(CONFIG);
  const size = elementCount(featuriser.tensors[0]?.shape ?? []);
  fc.assert(
    fc.property(fc.array(fc.nat(0xffff), { maxLength: 300 }), fc.nat(2), (units, row) => {
      const ids = new Int32Array(3 * size).fill(-7);
      const weights = new Float32Array(3 * size).fill(-7);
      featuriser.write(String.fromCharCode(...units), row, [ids, weights]);
      const own = ids.subarray(row * size, (row + 1) * size);
      const used = own.indexOf(0) === -1 ? size : own.indexOf(0);
      for (let i = 0; i < ids.length; i++) {
        const place = i - row * size;
        if (place < 0 || place >= size) expect([ids[i], weights[i]]).toEqual([-7, -7]);
        else if (place >= used) expect([ids[i], weights[i]]).toEqual([0, 0]);
        else {
          expect(ids[i]).toSatisfy((id: number) => id >= 1 && id < CONFIG.buckets);
          expect(weights[i]).toSatisfy((weight: number) => weight > 0 && weight <= 1);
        }
      }
    }),
  );
});

test('targets that do not fit are a bug of the caller', () => {
  const featuriser = createFeaturiser(CONFIG);
  expect(() => featuriser.write('x', 0, [new Float32Array(64), new Float32Array(64)])).toThrow(TypeError);
  expect(() => featuriser.write('x', 1, [new Int32Array(64), new Float32Array(64)])).toThrow(RangeError);
});

const VOCABULARY: VocabularyIdsConfig = {
  name: 'vocabulary-ids',
  words: ['', '\u0001unknown', 'good', 'not', '!!', 'soo', '\u0001el'],
  length: 6,
  padding: 0,
  unknown: 1,
};

describe('vocabulary-ids', () => {
  test('writes the place of each token in the list, the unknown id and padding', () => {
    const ids = new Int32Array(18).fill(-7);
    const featuriser = createFeaturiser(VOCABULARY);
    featuriser.write('Not sooo good!!!', 0, [ids]);
    featuriser.write('', 1, [ids]);
    const bytes = Buffer.from('good '.repeat(9));
    featuriser.writeUtf8(bytes, 0, bytes.length, 2, [ids]);
    expect(Array.from(ids)).toEqual([3, 5, 6, 2, 4, 0, 0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 2, 2]);
  });

  test('refuses targets that do not fit', () => {
    const featuriser = createFeaturiser(VOCABULARY);
    expect(() => featuriser.write('x', 0, [new Float32Array(6)])).toThrow(TypeError);
    expect(() => featuriser.write('x', 1, [new Int32Array(6)])).toThrow(RangeError);
  });
});

test('the UTF-8 of a text gives the n-grams of the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (text) => {
      const [ids, weights] = [new Int32Array(CONFIG.length), new Float32Array(CONFIG.length)];
      const bytes = Buffer.from(text);
      createFeaturiser(CONFIG).writeUtf8(bytes, 0, bytes.length, 0, [ids, weights]);
      const known = write(text.replace(/\p{Cs}/gu, '\ufffd'));
      expect({ ids: Array.from(ids), weights: Array.from(weights) }).toEqual(known);
    }),
  );
});

describe('parseFeaturiserConfig', () => {
  test.each([[CONFIG], [VOCABULARY], [{ name: 'hashed-text-encoder' } as const]])(
    'takes %j and gives it back',
    (config) => {
      expect(parseFeaturiserConfig({ ...config })).toEqual({ ok: true, config });
    },
  );

  test.each<[value: unknown, problem: string]>([
    [null, 'must be an object'],
    [[], 'must be an object'],
    [{ name: 'bert' }, 'featuriser.name is "bert", expected "wordpiece", "bpe", "unigram", "hashed-ngrams"'],
    [{}, 'featuriser.name is missing'],
    [{ ...CONFIG, length: 0 }, 'featuriser.length is 0, expected a whole number from 1 to 4096'],
    [{ ...CONFIG, length: '64' }, 'featuriser.length is "64"'],
    [{ ...CONFIG, maxTokens: Number.NaN }, 'featuriser.maxTokens is NaN'],
    [{ ...CONFIG, buckets: 5000 }, 'expected a power of two'],
    [{ ...CONFIG, bukets: 1 }, 'featuriser.bukets is not known'],
    [{ ...VOCABULARY, words: [] }, 'featuriser.words is an array, expected a list of 1 to'],
    [{ ...VOCABULARY, words: ['a', 2] }, 'featuriser.words is an array'],
    [{ ...VOCABULARY, unknown: -1 }, 'featuriser.unknown is -1'],
    [{ ...VOCABULARY, maxTokens: 3 }, 'featuriser.maxTokens is not known; vocabulary-ids takes words, length'],
    [{ name: 'hashed-text-encoder', width: 16 }, 'featuriser.width is not known; hashed-text-encoder takes none'],
  ])('%j: %s', (value, problem) => {
    expect(parseFeaturiserConfig(value)).toEqual({ ok: false, problem: expect.stringContaining(problem) });
  });

  test('never throws', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(parseFeaturiserConfig(value).ok).toBe(false);
      }),
    );
  });
});
