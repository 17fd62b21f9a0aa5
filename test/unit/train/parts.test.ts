// The parts of the training program that need no engine: corpus, options, metrics, quantisation, embedding bag, progress.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCorpus, readCorpus, TrainingInputError } from '../../../model/train/corpus.js';
import { EmbeddingBag } from '../../../model/train/embedding-bag.js';
import { classWeights } from '../../../model/train/features.js';
import { score } from '../../../model/train/metrics.js';
import { parseOptions } from '../../../model/train/options.js';
import { ProgressBar } from '../../../model/train/progress-bar.js';
import { quantise } from '../../../model/train/quantise.js';
import { Random } from '../../../model/train/random.js';

describe('corpus', () => {
  test('a line is a label, a tab and a text, which may hold tabs', () => {
    expect(parseCorpus('0\tbad\r\n2\tgood\tstuff\n\n', 'x.tsv')).toEqual([
      { label: 0, text: 'bad' },
      { label: 2, text: 'good\tstuff' },
    ]);
  });

  test.each([
    ['1\tok\n3\tno', 'x.tsv, line 2: expected 0, 1 or 2, a tab and a text'],
    ['no tab', 'x.tsv, line 1'],
    ['\n', 'x.tsv has no lines'],
  ])('%j is refused with its place', (content, message) => {
    expect(() => parseCorpus(content, 'x.tsv')).toThrow(message);
  });

  test('plain and gzipped files are read, a missing one is named', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tickcast-corpus-'));
    try {
      writeFileSync(join(folder, 'train.tsv'), '1\tplain');
      writeFileSync(join(folder, 'val.tsv.gz'), gzipSync('1\tzipped'));
      expect(readCorpus(folder, 'train')).toEqual([{ label: 1, text: 'plain' }]);
      expect(readCorpus(folder, 'val')).toEqual([{ label: 1, text: 'zipped' }]);
      expect(() => readCorpus(join(folder, 'none'), 'val')).toThrow(TrainingInputError);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('options', () => {
  test('a quick run keeps nothing unless it is told where', () => {
    expect(parseOptions(['--data', 'd'])).toEqual({ data: 'd', seed: 1, out: 'model/sentiment/1', quick: false });
    expect(parseOptions(['--data', 'd', '--quick', '--seed', '7'])).toEqual({
      data: 'd',
      seed: 7,
      out: undefined,
      quick: true,
    });
    expect(parseOptions(['--data', 'd', '--quick', '--out', 'o'])).toMatchObject({ out: 'o' });
    expect(parseOptions(['--help'])).toBe('help');
  });

  test.each([
    [[], '--data DIR is missing'],
    [['--data', 'd', '--seed', '-1'], 'seed'],
    [['--data', 'd', '--seed', '4294967296'], '--seed is 4294967296, expected a whole number'],
    [['--dat', 'd'], '--dat'],
  ])('%j is refused', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
    expect(() => parseOptions(args)).toThrow(TrainingInputError);
  });
});

describe('metrics', () => {
  test('macro recall is the mean of the recalls, whatever the class sizes', () => {
    const scores = score([0, 0, 0, 0, 1, 1, 2], [0, 0, 0, 1, 1, 0, 2], 3);
    expect(scores.recalls).toEqual([0.75, 0.5, 1]);
    expect(scores.macroRecall).toBeCloseTo(0.75, 10);
    expect(scores.accuracy).toBeCloseTo(5 / 7, 10);
    expect(scores.confusion).toEqual([
      [3, 1, 0],
      [1, 1, 0],
      [0, 0, 1],
    ]);
    expect(scores.macroRecallError).toBeCloseTo(Math.sqrt((0.75 * 0.25) / 4 + 0.25 / 2) / 3, 10);
  });

  test('balance 1 gives each class the same total weight, balance 0 each text', () => {
    const labels = Uint8Array.from([0, 1, 1, 1, 2, 2]);
    const [a = 0, b = 0, c = 0] = classWeights(labels, 1);
    expect([a, 3 * b, 2 * c]).toEqual([2, 2, 2]);
    expect(classWeights(labels, 0)).toEqual([1, 1, 1]);
  });
});

test('quantised weights are read back within half a step, and zero exactly', () => {
  const values = fc.array(fc.float({ min: -8, max: 8, noNaN: true }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(values, (numbers) => {
      const { bytes, quantization } = quantise(Float32Array.from(numbers));
      for (const [i, number] of numbers.entries()) {
        const read = (bytes[i] ?? 0) * quantization.scale + quantization.min;
        expect(Math.abs(read - number)).toBeLessThanOrEqual(quantization.scale * 0.5001);
        if (number === 0) expect(read).toBe(0);
      }
    }),
  );
  expect(() => quantise(Float32Array.of(Number.NaN))).toThrow('diverged');
});

describe('embedding bag', () => {
  const set = {
    count: 2,
    starts: Int32Array.of(0, 2, 3),
    ids: Int32Array.of(1, 2, 1),
    weights: Float32Array.of(0.5, 2, 1),
    labels: Uint8Array.of(0, 1),
  };

  test('sums rows times their weights and what is kept of them', () => {
    const bag = new EmbeddingBag(4, 2);
    bag.table.set([9, 9, 1, 2, 10, 20, 9, 9]);
    expect(Array.from(bag.sum(set, Int32Array.of(1, 0)))).toEqual([1, 2, 20.5, 41]);
    expect(Array.from(bag.sum(set, Int32Array.of(1, 0), Float32Array.of(0, 1, 0)))).toEqual([0, 0, 0.5, 1]);
  });

  test('an update moves the rows of the batch downhill and no others', () => {
    const bag = new EmbeddingBag(4, 2);
    bag.update(set, Int32Array.of(0), Float32Array.of(1, 0), Float32Array.of(1, -1), 0.1, 1);
    expect(Array.from(bag.table, (value) => Number(value.toFixed(3)))).toEqual([0, 0, -0.1, 0.1, 0, 0, 0, 0]);
  });
});

test('random numbers depend on the seed alone, and dropout keeps the mean', () => {
  expect(new Random(5).normals(4, 1)).toEqual(new Random(5).normals(4, 1));
  expect(new Random(5).next()).not.toBe(new Random(6).next());
  const mask = new Random(1).dropout(20_000, 0.3);
  expect(mask.reduce((sum, value) => sum + value, 0) / mask.length).toBeCloseTo(1, 1);
  expect(new Set(mask).size).toBe(2);
});

test('the progress bar writes over one line on a terminal and ten lines elsewhere', () => {
  const written = (isTTY: boolean) => {
    const lines: string[] = [];
    let ms = 0;
    const bar = new ProgressBar({ isTTY, write: (text) => lines.push(text) }, () => ms);
    for (let step = 1; step <= 100; step++) {
      ms += 50;
      bar.show({ step, steps: 100, epoch: 1, loss: 0.5 });
    }
    return lines;
  };
  expect(written(false)).toHaveLength(10);
  expect(written(false)[4]).toBe('[############............]  50 %  epoch 1  loss 0.5000  3 s left\n');
  expect(written(true)).toHaveLength(51);
  expect(written(true).filter((line) => line.endsWith('\n'))).toHaveLength(1);
});
