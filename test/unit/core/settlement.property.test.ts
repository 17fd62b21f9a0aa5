import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PuppetEngine } from '../../../server/testing/puppet-engine.js';
import { makeModel, type Sent, TestHub } from '../../support/core.js';

type Step =
  | {
      readonly kind: 'send';
      readonly rows: number;
      readonly origin: number;
      readonly timeoutMs: number;
      readonly model: boolean;
    }
  | { readonly kind: 'cancel'; readonly index: number }
  | { readonly kind: 'close'; readonly origin: number }
  | { readonly kind: 'advance'; readonly ms: number }
  | { readonly kind: 'finish'; readonly status: 'done' | 'failed' | 'lost' };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('send' as const),
        rows: fc.integer({ min: 1, max: 7 }),
        origin: fc.nat(2),
        timeoutMs: fc.constantFrom(5, 30, 10_000),
        model: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), index: fc.nat(60) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('close' as const), origin: fc.nat(2) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('advance' as const), ms: fc.integer({ min: 0, max: 40 }) }) },
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('finish' as const),
        status: fc.constantFrom('done', 'done', 'done', 'failed', 'lost'),
      }),
    },
  ) as fc.Arbitrary<Step>,
  { maxLength: 80 },
);

test('whatever happens, each accepted request settles exactly once, with its own rows, and nothing is kept', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 1, max: 2 }), async (list, slots) => {
      const models = [makeModel('a'), makeModel('b')];
      const t = new TestHub(
        new PuppetEngine(slots),
        { maxBatchRows: 5, maxQueueRows: 24, maxInFlightRows: 16 },
        models,
      );
      const origins = [0, 1, 2].map((i) => t.hub.openOrigin(`o${i}`));
      const sent: { readonly request: Sent; readonly input: readonly number[] }[] = [];
      let next = 1;
      for (const step of list) {
        if (step.kind === 'send') {
          const input = Array.from({ length: step.rows }, () => next++);
          const origin = origins[step.origin] ?? t.origin;
          sent.push({
            request: t.send(input, { origin, timeoutMs: step.timeoutMs, model: step.model ? 'a' : 'b' }),
            input,
          });
        } else if (step.kind === 'cancel') {
          const pending = sent[step.index]?.request.pending;
          if (pending !== undefined) t.hub.cancel(pending);
        } else if (step.kind === 'close') {
          t.hub.closeOrigin(origins[step.origin] ?? t.origin);
          origins[step.origin] = t.hub.openOrigin('again');
        } else if (step.kind === 'advance') t.clock.advance(step.ms);
        else if (t.engine.running > 0) await t.engine.finish(step.status);
      }
      const drained = t.hub.drain(60_000);
      for (t.clock.turn(); t.engine.running > 0; t.clock.turn()) await t.engine.finish();
      const report = await drained;

      for (const { request, input } of sent) {
        expect(request.settlements).toBe(request.refusal === undefined ? 1 : 0);
        if (request.values !== undefined) expect(request.values).toEqual(input.map((x) => 2 * x));
      }
      expect(report.accepted).toBe(report.settled);
      expect(report.abandoned).toBe(0);
      expect(origins.map((origin) => [origin.inFlightRows, origin.requests.size])).toEqual([
        [0, 0],
        [0, 0],
        [0, 0],
      ]);
      expect(t.hub.queuedRows).toBe(0);
      expect(t.events.filter(({ type }) => type === 'fault')).toEqual([]);
      t.clock.advance(100);
      expect(t.clock.timers).toBe(0);
    }),
    { numRuns: 400 },
  );
});
