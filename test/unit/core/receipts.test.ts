import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Outcome } from '../../../server/contracts/outcome.js';
import { makeReceipt, ReceiptHistogram, RecentReceipts } from '../../../server/core/receipts.js';
import { makeHub } from '../../support/core.js';

test('the parts of a receipt are whole, not negative, and sum to the total, whatever the clocks say', () => {
  const time = fc.double({ min: 0, max: 1e7, noNaN: true });
  fc.assert(
    fc.property(time, time, time, time, (acceptedAt, postedAt, inferUs, now) => {
      const receipt = makeReceipt(acceptedAt, { postedAt, inferUs, rows: 3, engine: 'e' }, now);
      const { queueUs, batchUs, inferUs: infer, totalUs } = receipt;
      expect(queueUs + batchUs + infer).toBe(totalUs);
      for (const part of [queueUs, batchUs, infer, totalUs]) expect(Number.isInteger(part) && part >= 0).toBe(true);
    }),
  );
});

test('a prediction has a receipt of its wait, its batch and its engine', async () => {
  const t = makeHub();
  let outcome: Outcome | undefined;
  t.hub.submit({ input: [1], id: 1, model: undefined, timeoutMs: 1000 }, t.origin, (given) => {
    outcome = given;
  });
  t.send([2]);
  t.clock.turn();
  t.clock.advance(5);
  await t.engine.finish();

  expect(outcome).toMatchObject({
    ok: true,
    timing: { queueUs: 0, inferUs: 100, batchUs: 4900, totalUs: 5000, batchRows: 2, engine: 'puppet' },
  });
  expect(t.hub.recentReceipts().p50).toEqual({ queueUs: 0, inferUs: 100, batchUs: 4900, totalUs: 5000 });
});

test('receipts can be turned off for a hub, and for one request', async () => {
  const off = makeHub({ receipts: false });
  const without = off.hub.predict({ input: [1] });
  off.clock.turn();
  await off.engine.finish();
  const on = makeHub();
  const [silent, told] = [on.hub.predict({ input: [1], timing: false }), on.hub.predict({ input: [1] })];
  on.clock.turn();
  await on.engine.finish();

  expect(await without).not.toHaveProperty('timing');
  expect(off.hub.recentReceipts()).toEqual({});
  expect(await silent).not.toHaveProperty('timing');
  expect(await told).toHaveProperty('timing');
});

test('a percentile has the mean parts of the receipts around it, within a step', () => {
  const histogram = new ReceiptHistogram();
  for (let i = 0; i < 98; i++) histogram.record({ queueUs: 100, batchUs: 200, inferUs: 700, totalUs: 1000 });
  for (let i = 0; i < 2; i++) histogram.record({ queueUs: 90_000, batchUs: 4000, inferUs: 6000, totalUs: 100_000 });

  expect(histogram.percentile(0.5)).toEqual({ queueUs: 100, batchUs: 200, inferUs: 700, totalUs: 1000 });
  expect(histogram.percentile(0.99)).toEqual({ queueUs: 90_000, batchUs: 4000, inferUs: 6000, totalUs: 100_000 });
  expect(new ReceiptHistogram().percentile(0.5)).toBeUndefined();
});

test('merging is the same as recording in one', () => {
  const totals = fc.array(fc.integer({ min: 0, max: 1e8 }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(totals, totals, (a, b) => {
      const [one, two, both] = [new ReceiptHistogram(), new ReceiptHistogram(), new ReceiptHistogram()];
      const receipt = (totalUs: number) => ({ queueUs: totalUs, batchUs: 0, inferUs: 0, totalUs });
      for (const total of a) one.record(receipt(total));
      for (const total of b) two.record(receipt(total));
      for (const total of [...a, ...b]) both.record(receipt(total));
      one.merge(two);
      for (const share of [0.01, 0.5, 0.99, 1]) expect(one.percentile(share)).toEqual(both.percentile(share));
      one.clear();
      expect(one.percentile(0.5)).toBeUndefined();
    }),
  );
});

test('receipts older than ten seconds are forgotten', () => {
  const recent = new RecentReceipts();
  const receipt = { queueUs: 1, batchUs: 1, inferUs: 1, totalUs: 3 };
  recent.record(receipt, 500);
  recent.record({ ...receipt, queueUs: 998, totalUs: 1000 }, 5500);

  expect(recent.percentiles(5600).p50?.totalUs).toBe(3);
  expect(recent.percentiles(10_600).p50?.totalUs).toBe(1000);
  expect(recent.percentiles(60_000)).toEqual({});
});

test('receipts are told apart by an eighth of an octave of their totals', () => {
  const stepOf = (totalUs: number): number => (totalUs < 1 ? 0 : Math.floor(Math.log2(totalUs) * 8));
  const total = fc.oneof(fc.nat(300), fc.nat(2 ** 27 - 1));
  fc.assert(
    fc.property(total, total, (one, two) => {
      const histogram = new ReceiptHistogram();
      for (const totalUs of [one, two]) histogram.record({ queueUs: totalUs, batchUs: 0, inferUs: 0, totalUs });
      const [low, high] = [histogram.percentile(0.5)?.totalUs, histogram.percentile(1)?.totalUs];

      expect(low === high).toBe(stepOf(one) === stepOf(two));
    }),
  );
});
