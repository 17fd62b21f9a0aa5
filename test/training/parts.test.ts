// The parts of the training program that need no engine: sources, options, scores, lessons, quantisation, progress.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCommandLine } from '../../command-line/program.js';
import { scoreTexts } from '../../model/evaluate/scores.js';
import { TrainingInputError } from '../../model/train/input-error.js';
import { Random } from '../../model/train/network/random.js';
import { TRAIN, trainingOptions } from '../../model/train/options.js';
import { ProgressBar } from '../../model/train/progress-bar.js';
import { quantise } from '../../model/train/shipping/quantise.js';
import { CorpusReader } from '../../model/train/texts/corpus.js';
import { classWeights, teachLabels, teachSoft } from '../../model/train/texts/lessons.js';
import { PROBE } from '../../model/train/texts/probe.js';
import { parseExamples, readSources, readValidation } from '../../model/train/texts/sources.js';

describe('sources', () => {
  test('a line is a label, a tab and a text, which may hold tabs', () => {
    expect(parseExamples('0\tbad\r\n2\tgood\tstuff\n\n', 'x.tsv', 3)).toEqual([
      { classes: 1, text: 'bad' },
      { classes: 4, text: 'good\tstuff' },
    ]);
  });

  test.each([
    ['1\tok\n3\tno', 'x.tsv, line 2: expected a label, a tab and a text'],
    ['no tab', 'x.tsv, line 1'],
    ['\n', 'x.tsv has no lines'],
  ])('%j is refused with its place', (content, message) => {
    expect(() => parseExamples(content, 'x.tsv', 3)).toThrow(message);
  });

  test('plain and gzipped files are read, each by its own labels; only the first set must be there', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tickcast-sources-'));
    try {
      expect(() => readSources(folder)).toThrow(TrainingInputError);
      for (const name of ['tweeteval-sentiment', 'goemotions', 'vader-ground-truth']) mkdirSync(join(folder, name));
      writeFileSync(join(folder, 'tweeteval-sentiment/train.tsv'), '1\tplain');
      writeFileSync(join(folder, 'tweeteval-sentiment/val.tsv.gz'), gzipSync('2\tzipped'));
      writeFileSync(join(folder, 'goemotions/all.tsv'), '0,27\ttwo');
      writeFileSync(join(folder, 'vader-ground-truth/nyt.tsv'), '-0.61\ta\n0.6\tb\n3\tc');
      expect(readSources(folder).map(({ examples }) => examples.map(({ classes }) => classes))).toEqual([
        [2],
        [1 + 2 ** 27],
        [1, 2, 4],
      ]);
      expect(readValidation(folder).examples).toEqual([{ classes: 4, text: 'zipped' }]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('options', () => {
  const parsed = (args: readonly string[]) => {
    const outcome = readCommandLine(TRAIN, args);
    return outcome.kind === 'values' ? trainingOptions(outcome.values) : outcome;
  };

  test('a quick run keeps nothing unless it is told where', () => {
    const given = { data: 'd', seed: 1, out: 'model/sentiment/2', work: 'dist/train/seed-1', quick: false };
    expect(parsed(['--data', 'd'])).toEqual({ ...given, engine: 'auto' });
    expect(parsed(['--data', 'd', '--quick', '--seed', '7', '--engine', 'wasm'])).toEqual({
      data: 'd',
      seed: 7,
      out: undefined,
      work: 'dist/train/quick-7',
      quick: true,
      engine: 'wasm',
    });
    expect(parsed(['--data', 'd', '--quick', '--out', 'o'])).toMatchObject({ out: 'o' });
  });

  test.each([
    [[], '--data is missing: give the folder with the sets; see --help'],
    [['--data', 'd', '--seed', '-1'], '--seed is "-1"'],
    [['--data', 'd', '--seed', '4294967296'], '--seed is "4294967296", expected 0 to 4294967295'],
    [['--data', 'd', '--engine', 'gpu'], '--engine is "gpu", expected auto | native'],
    [['--dat', 'd'], 'unknown option --dat (did you mean --data?)'],
  ])('%j is refused', (args, message) => {
    expect(readCommandLine(TRAIN, args)).toMatchObject({ kind: 'problem', problem: expect.stringContaining(message) });
  });
});

describe('scores', () => {
  const sure = (label: number) => [0, 1, 2].map((c) => (c === label ? 0.8 : 0.1));

  test('macro recall is the mean of the recalls, whatever the class sizes', () => {
    const scores = scoreTexts([0, 0, 0, 0, 1, 1, 2], [0, 0, 0, 1, 1, 0, 2].flatMap(sure), 3);
    expect(scores.recalls).toEqual([0.75, 0.5, 1]);
    expect(scores.macroRecall).toBeCloseTo(0.75, 10);
    expect(scores.macroF1).toBeCloseTo((0.75 + 0.5 + 1) / 3, 10);
    expect(scores.accuracy).toBeCloseTo(5 / 7, 10);
    expect(scores.confusion).toEqual([
      [3, 1, 0],
      [1, 1, 0],
      [0, 0, 1],
    ]);
    expect(scores.macroRecallError).toBeCloseTo(Math.sqrt((0.75 * 0.25) / 4 + 0.25 / 2) / 3, 10);
  });

  test('the calibration error is how far confidence and hits lie apart', () => {
    const { calibration } = scoreTexts([0, 0, 1, 1], [0, 1, 1, 1].flatMap(sure), 3);
    expect(calibration.bins[8]).toEqual({ count: 4, confidence: 0.8, accuracy: 0.75 });
    expect(calibration.error).toBeCloseTo(0.05, 10);
  });

  test('a label that is no class is refused', () => {
    expect(() => scoreTexts([3], sure(0), 3)).toThrow('text 0 has label 3');
  });
});

describe('lessons', () => {
  const reader = new CorpusReader();
  const sets = [
    { name: 'main', classes: 3, examples: [1, 2, 2, 2, 4, 4].map((classes) => ({ classes, text: 'x' })) },
    { name: 'other', classes: 4, examples: [{ classes: 8 + 1, text: 'y' }] },
  ];
  const corpus = reader.read(sets);

  test('balance 1 gives each class the same total weight, balance 0 each text', () => {
    const [a = 0, b = 0, c = 0] = classWeights(corpus, 0, 3, 1);
    expect([a, 3 * b, 2 * c].map((weight) => weight.toFixed(6))).toEqual(['2.000000', '2.000000', '2.000000']);
    expect(classWeights(corpus, 0, 3, 0)).toEqual([1, 1, 1]);
  });

  test('labels are softened, and those of a text share its weight', () => {
    const targets = new Float32Array(4);
    expect(teachLabels(corpus, sets)(6, targets, 0)).toBe(1);
    expect(Array.from(targets, (target) => target.toFixed(4))).toEqual(['0.4875', '0.0125', '0.0125', '0.4875']);
  });

  test('a student learns what it is told, and of the first set also the label', () => {
    const soft = new Float32Array(21).fill(1 / 3);
    const [main, other] = [new Float32Array(3), new Float32Array(3)];
    const teach = teachSoft(corpus, soft, 3);
    teach(0, main, 0);
    teach(6, other, 0);
    expect(Array.from(other, (target) => target.toFixed(3))).toEqual(['0.333', '0.333', '0.333']);
    expect(main[1]).toBeCloseTo(0.7 / 3, 5);
    expect(main[0]).toBeGreaterThan(0.7 / 3 + 0.3);
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

test('random numbers depend on the seed alone, and dropout keeps the mean', () => {
  expect(new Random(5).normals(4, 1)).toEqual(new Random(5).normals(4, 1));
  expect(new Random(5).next()).not.toBe(new Random(6).next());
  const mask = new Float32Array(20_000);
  new Random(1).dropout(mask, mask.length, 0.3);
  expect(mask.reduce((sum, value) => sum + value, 0) / mask.length).toBeCloseTo(1, 1);
  expect(new Set(mask).size).toBe(2);
});

test('the probe has forty different sentences of eight kinds', () => {
  expect(new Set(PROBE.map(({ text }) => text)).size).toBe(40);
  expect(new Set(PROBE.map(({ kind }) => kind)).size).toBe(8);
});

test('the progress bar writes over one line on a terminal and four lines elsewhere', () => {
  const written = (isTTY: boolean) => {
    const lines: string[] = [];
    let ms = 0;
    const output = { isTTY, write: (text: string) => lines.push(text) };
    const bar = new ProgressBar(
      'teacher',
      output,
      (seconds, share) => seconds / share + 60,
      () => ms,
    );
    for (let step = 1; step <= 100; step++) {
      ms += 50;
      bar.show({ step, steps: 100, loss: 0.5 });
    }
    return lines;
  };
  expect(written(false)).toHaveLength(4);
  expect(written(false)[1]).toBe('teacher    [############............]  50 %  loss 0.5000  1 min 8 s left in all\n');
  expect(written(true)).toHaveLength(51);
  expect(written(true).filter((line) => line.endsWith('\n'))).toHaveLength(1);
});
