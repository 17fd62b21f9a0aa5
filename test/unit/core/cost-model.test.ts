import { expect, test } from 'vitest';
import { CostModel } from '../../../server/core/batches/cost-model.js';
import { Random } from '../../support/random.js';

const WARM_UP = { overheadMs: 0.3, rowMs: 0.004, byteMs: 0 };

interface Truth {
  readonly overheadMs: number;
  readonly rowMs: number;
  /** Maximum random time added to each batch. */
  readonly noiseMs?: number;
}

/** Learns batches of up to `mostRows` rows. */
function learn(line: CostModel, random: Random, batches: number, mostRows: number, truth: Truth): void {
  const { overheadMs, rowMs, noiseMs = 0 } = truth;
  for (let i = 0; i < batches; i++) {
    const rows = 1 + random.below(mostRows);
    line.learn(rows, 0, overheadMs + rowMs * rows + noiseMs * random.next());
  }
}

test('it starts from the warm-up, and a batch that took as long as it says changes nothing', () => {
  const line = new CostModel(WARM_UP);
  for (let rows = 1; rows < 50; rows++) line.learn(rows, 0, 0.3 + 0.004 * rows);

  expect(line.overheadMs).toBeCloseTo(0.3, 6);
  expect(line.rowMs).toBeCloseTo(0.004, 8);
});

test('it follows a model whose rows cost ten times what the warm-up saw', () => {
  const line = new CostModel(WARM_UP);
  learn(line, new Random(1), 300, 256, { overheadMs: 0.3, rowMs: 0.04 });

  expect(line.rowMs).toBeGreaterThan(0.039);
  expect(line.rowMs).toBeLessThan(0.041);
  expect(line.batchMs(100, 0)).toBeCloseTo(4.3, 1);
});

test('the bytes of texts have a price of their own', () => {
  const line = new CostModel({ overheadMs: 0.3, rowMs: 0.004, byteMs: 0.0001 });
  const random = new Random(2);
  for (let i = 0; i < 500; i++) {
    const rows = 1 + random.below(100);
    const bytes = rows * (10 + random.below(500));
    line.learn(rows, bytes, 0.5 + 0.01 * rows + 0.0005 * bytes);
  }

  expect(line.batchMs(50, 5000) / 3.5).toBeCloseTo(1, 1);
  expect(line.batchMs(50, 25_000) / 13.5).toBeCloseTo(1, 1);
});

test('small batches on a busy machine say little of what a thousand rows cost', () => {
  // Every batch takes 30 to 70 ms, whatever its size: so would a large one, and a thousand rows are a few batches.
  for (let seed = 1; seed <= 200; seed++) {
    const line = new CostModel(WARM_UP);
    const random = new Random(seed);
    for (let batch = 0; batch < 60; batch++) {
      learn(line, random, 1, 6, { overheadMs: 30, rowMs: 0, noiseMs: 40 });
      expect(line.backlogMs(500, 0, 256)).toBeLessThan(2000);
    }
  }
});

test('a pause is not a cost: one long batch in ten leaves a small one small', () => {
  const line = new CostModel(WARM_UP);
  const random = new Random(3);
  for (let i = 0; i < 300; i++) learn(line, random, 1, 6, { overheadMs: i % 10 === 0 ? 80 : 0.3, rowMs: 0.004 });

  expect(line.batchMs(3, 0)).toBeLessThan(3);
});

test('when the machine is itself again, so is the estimate', () => {
  const line = new CostModel(WARM_UP);
  const random = new Random(4);
  learn(line, random, 100, 6, { overheadMs: 60, rowMs: 0 });
  learn(line, random, 400, 6, { overheadMs: 0.3, rowMs: 0.004 });

  expect(line.batchMs(3, 0)).toBeLessThan(0.5);
  expect(line.backlogMs(500, 0, 256)).toBeLessThan(20);
});

test('no term is ever negative', () => {
  const line = new CostModel(WARM_UP);
  for (let i = 0; i < 100; i++) line.learn(i % 2 === 0 ? 1 : 200, 0, i % 2 === 0 ? 5 : 0.2);

  expect(line.overheadMs).toBeGreaterThan(0);
  expect(line.rowMs).toBeGreaterThan(0);
  expect(line.batchMs(200, 0)).toBeLessThan(5);
});
