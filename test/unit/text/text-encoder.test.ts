import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import * as layers from '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { Random } from '../../../model/train/network/random.js';
import { type EncoderSizes, type EncoderWeights, encoderShapes } from '../../../shared/text/encoder-weights.js';
import { TextEncoding } from '../../../shared/text/text-encoder.js';
import { registerHashedTextEncoder, textTensor, weightsOf } from '../../../tfjs-layer/hashed-text-encoder.js';

const SIZES: EncoderSizes = { wordBits: 8, ngramBits: 9, width: 5, filters: 3, maxTokens: 56 };
const WIDTH = 2 * SIZES.filters;
const anyText = fc.string({ unit: 'binary', maxLength: 120 });
/** Typical text, and what a scanner may stumble over. */
const liveText = fc
  .array(
    fc.oneof(
      fc.constantFrom('soooo', 'GREAT', "isn't", '#hash_tag', '@you', 'https://a.b/c', ':-)', 'xD', '</3', '...', '!?'),
      fc.constantFrom(
        '😂',
        '👍🏽',
        '\ud83d',
        'é',
        'ДА',
        'مرحبا',
        '&amp;',
        '\\',
        '’',
        '\u0000',
        'a'.repeat(40),
        '12:30%',
      ),
      fc.string({ unit: 'grapheme', maxLength: 8 }),
    ),
    { maxLength: 80 },
  )
  .map((parts) => parts.join(' '));
const text = fc.oneof(anyText, liveText);

let reference: (texts: readonly string[]) => Float32Array;
let weights: EncoderWeights;

beforeAll(async () => {
  await tf.setBackend('cpu');
  const Encoder = registerHashedTextEncoder(tf, layers);
  const input = layers.input({ shape: [null], dtype: 'int32' });
  const encoder = new Encoder(SIZES);
  const output = encoder.apply(input) as layers.SymbolicTensor;
  const random = new Random(7);
  encoder.setWeights(
    Object.values(encoderShapes(SIZES)).map((shape) => {
      const size = shape.reduce((product, count) => product * count, 1);
      return tf.tensor(random.normals(size, 0.5), shape);
    }),
  );
  const model = layers.model({ inputs: input, outputs: output });
  weights = weightsOf(encoder);
  reference = (texts) => (model.predict(textTensor(tf, texts)) as tf.Tensor).dataSync<'float32'>();
});

function furthest(encoding: TextEncoding, texts: readonly string[]): number {
  const expected = reference(texts);
  const actual = new Float32Array(texts.length * WIDTH);
  for (const [row, one] of texts.entries()) encoding.write(one, row, [actual]);
  return actual.reduce((worst, value, i) => Math.max(worst, Math.abs(value - (expected[i] ?? Number.NaN))), 0);
}

describe('the fast encoder', () => {
  test('equals the layer on any text, within 1e-5', () => {
    const encoding = new TextEncoding(SIZES, weights);
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 20 }), (texts) => {
        expect(furthest(encoding, texts)).toBeLessThanOrEqual(1e-5);
      }),
      { numRuns: 100 },
    );
  });

  test('reads UTF-8 as it reads strings; a lone surrogate is U+FFFD there', () => {
    const encoding = new TextEncoding(SIZES, weights);
    fc.assert(
      fc.property(text, (one) => {
        const [asString, asBytes] = [new Float32Array(WIDTH), new Float32Array(WIDTH)];
        const bytes = Buffer.from(`--${one}--`, 'utf8');
        encoding.write(one.replace(/\p{Cs}/gu, '\ufffd'), 0, [asString]);
        encoding.writeUtf8(bytes, 2, bytes.length - 2, 0, [asBytes]);
        expect(asBytes).toEqual(asString);
      }),
    );
  });

  test('forgets its words when the cache is full, and answers the same', () => {
    const small = new TextEncoding(SIZES, weights, 256);
    const texts = Array.from({ length: 400 }, (_, i) => `word${i} comes after word${i - 1} and word${i % 7}`);
    expect(furthest(small, texts)).toBeLessThanOrEqual(1e-5);
  });

  test('a text without tokens is all zero', () => {
    const encoding = new TextEncoding(SIZES, weights);
    const target = new Float32Array(2 * WIDTH).fill(9);
    encoding.write('', 0, [target]);
    encoding.write(' \n https://nothing.else/here ', 1, [target]);
    expect(target).toEqual(new Float32Array(2 * WIDTH));
  });

  test('a row outside the target and weights of another size are refused', () => {
    const encoding = new TextEncoding(SIZES, weights);
    expect(() => encoding.write('a', 1, [new Float32Array(WIDTH)])).toThrow(RangeError);
    expect(() => encoding.write('a', 0, [new Int32Array(WIDTH)])).toThrow(TypeError);
    expect(() => new TextEncoding({ ...SIZES, width: 6 }, weights)).toThrow('words has 1280 numbers, expected 1536');
  });
});

describe('the layer', () => {
  test('is registered once, whoever asks', () => {
    expect(registerHashedTextEncoder(tf, layers)).toBe(registerHashedTextEncoder(tf, layers));
  });

  test('predict() cuts its input into batches and gives each text its own row', () => {
    const texts = Array.from({ length: 70 }, (_, i) => `text ${'very '.repeat(i % 5)}number ${i}`);
    const all = reference(texts);
    expect(all.slice(69 * WIDTH)).toEqual(reference(texts.slice(69)));
  });
});
