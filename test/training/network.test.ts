// The network's own mathematics: gradients against finite differences, the lazy optimiser against the dense one.
import { expect, test } from 'vitest';
import type { Multiply } from '../../model/train/network/matrix.js';
import { MAX_CLASSES, Network, type NetworkSizes } from '../../model/train/network/network.js';
import { Random } from '../../model/train/network/random.js';
import { Table } from '../../model/train/network/table.js';
import { Batch } from '../../model/train/texts/batch.js';
import { CorpusReader } from '../../model/train/texts/corpus.js';
import { moods } from './moods.js';

const SIZES: NetworkSizes = {
  wordBits: 5,
  ngramBits: 5,
  width: 4,
  filters: 3,
  window: 3,
  hidden: 5,
  bag: true,
};

const multiply: Multiply = (a, b, transposeA = false, transposeB = false) => {
  const [rows, inner] = transposeA ? [a.columns, a.rows] : [a.rows, a.columns];
  const columns = transposeB ? b.rows : b.columns;
  const product = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) {
        const left = a.values[transposeA ? k * a.columns + i : i * a.columns + k] ?? 0;
        sum += left * (b.values[transposeB ? j * b.columns + k : k * b.columns + j] ?? 0);
      }
      product[i * columns + j] = sum;
    }
  }
  return product;
};

test.each([3, 5])('the gradients are those that differences give, with a window of %i', (window) => {
  const reader = new CorpusReader();
  const corpus = reader.read([{ name: 'moods', classes: 3, examples: moods(12, 4) }]);
  const sizes = { ...SIZES, window };
  const network = new Network(sizes, [3, 2], reader.words.rows(5, 5), multiply, new Random(3));
  const batch = new Batch(reader.words.size);
  batch.fill(
    corpus,
    Int32Array.from({ length: corpus.count }, (_, i) => i),
  );
  const lesson = { heads: new Uint8Array(12), targets: new Float32Array(12 * MAX_CLASSES) };
  for (let text = 0; text < 12; text++) {
    lesson.heads[text] = text % 2;
    lesson.targets.set(text % 2 === 0 ? [0.2, 0.5, 0.9] : [1, 0.25], text * MAX_CLASSES);
  }
  const calm = { dropout: 0, wordDropout: 0 };
  // At rate 0 a step changes nothing, but the gradients pass through `update`, where they are observed.
  const seen = new Map<Table, Float32Array>();
  const { vectors, kernel, kernelBias, hidden, heads } = network;
  const tables = [vectors.words, vectors.ngrams, kernel, kernelBias, hidden.kernel, hidden.bias];
  for (const head of heads) tables.push(head.kernel, head.bias);
  for (const table of tables) {
    const update = table.update.bind(table);
    table.update = (step, rate) => {
      seen.set(table, table.gradient.slice());
      update(step, rate);
    };
  }
  const loss = () => network.learn(batch, lesson, calm, 1, 0);
  loss();
  const gradients = tables.map((table) => seen.get(table) ?? new Float32Array());
  const step = 1e-4;
  for (const [index, { values }] of tables.entries()) {
    for (let i = 0; i < values.length; i += Math.ceil(values.length / 7)) {
      const value = values[i] ?? 0;
      values[i] = value + step;
      const above = loss();
      values[i] = value - step;
      const below = loss();
      values[i] = value;
      expect(gradients[index]?.[i], `table ${index}, number ${i}`).toBeCloseTo((above - below) / (2 * step), 2);
    }
  }
});

test('a table that skips the rows without a gradient ends where the dense optimiser ends', () => {
  const [lazy, dense] = [new Table(Float32Array.of(1, 2, 3, 4), 2), new Table(Float32Array.of(1, 2, 3, 4), 2)];
  const random = new Random(9);
  const steps = 30;
  for (let step = 1; step <= steps; step++) {
    // Row 1 has a gradient in one step of five, and none in the last ones.
    const withSecond = step % 5 === 3 && step < 25;
    for (const table of [lazy, dense]) table.touch(0, step, 0.01);
    dense.touch(1, step, 0.01);
    if (withSecond) lazy.touch(1, step, 0.01);
    for (let i = 0; i < (withSecond ? 4 : 2); i++) {
      lazy.gradient[i] = random.normal(1);
      dense.gradient[i] = lazy.gradient[i] ?? 0;
    }
    lazy.update(step, 0.01);
    dense.update(step, 0.01);
  }
  lazy.finish(steps, 0.01);
  for (let i = 0; i < 2; i++) expect(lazy.values[i]).toBe(dense.values[i]);
  // Equal except for the bias correction of the first steps, which continues while a row waits.
  for (let i = 2; i < 4; i++) expect(lazy.values[i]).toBeCloseTo(dense.values[i] ?? 0, 2);
  expect(lazy.values[3]).not.toBe(4);
});
