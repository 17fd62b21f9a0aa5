import { expect, test } from 'vitest';
import { median } from '../../../bench/harness/statistics.js';
import { targetTable } from '../../../bench/harness/target.js';
import type { Measurement } from '../../../bench/hub/measurement.js';
import { tablesOf } from '../../../bench/hub/report.js';
import { summarise } from '../../../bench/hub/summary.js';

const quiet = { serverLoad: 1, loaderLoad: 0.4, otherLoad: 0, answered: 1, checked: 1, answerBytes: 100 };

function measurement(figures: Partial<Measurement>): Measurement {
  return {
    server: 'hub',
    sockets: 256,
    predictionsPerSecond: 30_000,
    p50Us: 100,
    p99Us: 200,
    serverCpuUs: 30,
    ...quiet,
    ...figures,
  };
}

const measurements = [
  measurement({ server: 'naive', predictionsPerSecond: 2000 }),
  measurement({ server: 'echo', serverCpuUs: 20 }),
  measurement({ server: 'echo', sockets: 1, p50Us: 60 }),
  measurement({ sockets: 1, p50Us: 480, meanBatch: 1 }),
  measurement({ serverCpuUs: 33, meanBatch: 40.4 }),
];
const engine = [
  { rows: 1, p50BatchUs: 260, meanBatchUs: 270, cpuUsPerRow: 270 },
  { rows: 40, p50BatchUs: 300, meanBatchUs: 310, cpuUsPerRow: 10 },
];

test('the ratios are those of the targets', () => {
  const { targets } = summarise({ measurements, engine, newcomersMs: [900, 300, 400] });
  expect(targets.map(({ value }) => value)).toEqual([15, 33 / 30, 480 / 320, 400]);
  expect(targets.map(({ isMet }) => isMet)).toEqual([true, true, true, true]);
});

test('a target is missed on the wrong side of its limit, and open without its figures', () => {
  const slow = [...measurements.slice(1), measurement({ server: 'naive', predictionsPerSecond: 4000 })];
  const { targets } = summarise({ measurements: slow, engine: [], newcomersMs: [] });
  expect(targets.map(({ isMet }) => isMet)).toEqual([false, undefined, undefined, undefined]);
});

test('figures are the medians over the rounds', () => {
  const rounds = [3, 1, 2].map((p50Us) => measurement({ p50Us }));
  expect(summarise({ measurements: rounds, engine: [], newcomersMs: [] }).servers).toEqual([measurement({ p50Us: 2 })]);
});

test('doubts name a disturbed machine, a busy loader and answers of another size', () => {
  const doubtful = [
    measurement({ otherLoad: 0.5 }),
    measurement({ server: 'echo', loaderLoad: 0.95, serverLoad: 0.9, answerBytes: 140 }),
  ];
  const summary = summarise({ measurements: doubtful, engine: [], newcomersMs: [] });
  expect(summary.doubts).toHaveLength(3);
  expect(summary.doubts[0]).toContain('other processes took up to 0.50 cores');
  expect(summarise({ measurements, engine, newcomersMs: [] }).doubts).toEqual([]);
});

test('the report has a line for each server and says PASS, MISS or not measured', () => {
  const summary = summarise({ measurements, engine, newcomersMs: [1500] });
  const text = targetTable(summary.targets);
  expect(tablesOf(summary)[0]).toMatch(/^ +256 +naive +2,000 /m);
  expect(text).toMatch(/hub \/ naive.* 15\.00 x +at least 8\.00 x +PASS$/m);
  expect(text).toMatch(/connect.* 1,500 ms +at most 1,000 ms +MISS$/m);
  expect(targetTable(summarise({ measurements: [], engine: [], newcomersMs: [] }).targets)).toContain('not measured');
});

test('the median of an even number of values is the mean of the middle two, and of none NaN', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([3, 1, 2])).toBe(2);
  expect(median([])).toBeNaN();
});
