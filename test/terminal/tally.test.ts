import { expect, test } from 'vitest';
import type { FeedReport } from '../../demo/feed-report.js';
import { Tally } from '../../demo/view/tally.js';
import { feedReport } from './feed-report.js';

/** A tally that got `report` every 100 ms, from 0 to `seconds`. */
function fed(seconds: number, report: (at: number) => Partial<FeedReport>): Tally {
  const tally = new Tally(0);
  for (let at = 0; at < seconds * 1000; at += 100) tally.addReport(feedReport(report(at)), at);
  tally.tick(seconds * 1000);
  return tally;
}

test('rates are those of the last whole seconds, totals those of the run', () => {
  const tally = fed(20, (at) => ({ sent: at < 10_000 ? 1 : 4, answered: at < 10_000 ? 1 : 3 }));

  expect(tally).toMatchObject({ sent: 500, answered: 400, sentRate: 40, answeredRate: 30 });
});

test('shares and trend forget what is long past and keep topics apart', () => {
  const tally = fed(90, (at) => ({
    topics: { coffee: at < 45_000 ? [1, 0, 0] : [0, 0, 1], trains: [0, 2, 0] },
  }));

  expect(tally.shares('coffee')).toEqual([0, 0, 290]);
  expect(tally.shares()).toEqual([0, 580, 290]);
  expect(tally.labels).toEqual([450, 1800, 450]);
  expect(tally.trend('coffee').slice(0, 4)).toEqual([-1, -1, -1, -1]);
  expect(tally.trend('coffee').at(-2)).toBe(1);
  expect(tally.trend('phones')).toEqual(Array.from({ length: 20 }, () => undefined));
});

test('the mean batch is taken from the differences of the hub’s totals', () => {
  const tally = new Tally(0);
  expect(tally.meanBatchRows).toBeUndefined();
  for (let second = 0; second <= 60; second++) {
    const late = Math.max(0, second - 30);
    tally.addTotals({ batches: 10 * second, rows: 10 * second + 30 * late }, second * 1000);
  }

  expect(tally.meanBatchRows).toBeCloseTo(4);
  expect(tally.meanBatchRowsOfAll).toBeCloseTo((600 + 900) / 600);
});

test('a hub that computes nothing has no mean batch', () => {
  const tally = new Tally(0);
  for (let at = 0; at < 3000; at += 1000) tally.addTotals({ batches: 0, rows: 0 }, at);

  expect(tally.meanBatchRows).toBeUndefined();
});

test('messages are picked four a second, and only so many are kept', () => {
  const newest = (at: number) => ({
    newest: [{ topic: 'coffee', text: `${at}`, label: 'neutral', score: 0.5 } as const],
  });

  expect(
    fed(3, newest)
      .samples.map(({ text }) => text)
      .slice(0, 4),
  ).toEqual(['0', '300', '600', '900']);
  expect(fed(200, newest).samples).toHaveLength(80);
});

test('errors are summed up by code, with an example', () => {
  const tally = fed(1, (at) =>
    at === 0 ? { errors: { OVERLOADED: 3 }, errorExample: 'full' } : { errors: { OVERLOADED: 1 } },
  );

  expect(tally.errorCount).toBe(12);
  expect([...tally.errors]).toEqual([['OVERLOADED', 12]]);
  expect(tally.errorExample).toBe('full');
});
