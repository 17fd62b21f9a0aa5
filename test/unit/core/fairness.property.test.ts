import fc from 'fast-check';
import { expect, test } from 'vitest';
import { QUANTUM_ROWS } from '../../../server/core/batches/round-robin.js';
import type { Origin } from '../../../server/core/requests/request.js';
import { PuppetEngine } from '../../../server/testing/puppet-engine.js';
import { type Sent, TestHub } from '../../support/core.js';

type Step =
  | { readonly kind: 'send'; readonly origin: number; readonly rows: number }
  | { readonly kind: 'cancel'; readonly index: number }
  | { readonly kind: 'close'; readonly origin: number }
  | { readonly kind: 'finish' };

/** Two sessions of each of three principals. */
const ORIGINS = 6;
const UNLIMITED = 1_000_000;
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('send' as const),
        // The first principal sends more than the others together.
        origin: fc.constantFrom(0, 0, 0, 0, 1, 1, 2, 3, 4, 5),
        rows: fc.constantFrom(1, 1, 1, 2, 5, 17, 60),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), index: fc.nat(80) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('close' as const), origin: fc.nat(ORIGINS - 1) }) },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('finish' as const) }) },
  ) as fc.Arbitrary<Step>,
  { maxLength: 120 },
);

/** Counts, for everyone with a row waiting, the rows of each other that ran since it was last served. */
class Waits {
  readonly #passed = new Map<unknown, Map<unknown, number>>();
  most = 0;

  /** `served` ran one row while all of `waiting` had rows waiting. */
  count(served: unknown, waiting: readonly unknown[]): void {
    this.#passed.delete(served);
    for (const one of waiting) {
      if (one === served) continue;
      const counts = this.#passed.get(one) ?? new Map<unknown, number>();
      const rows = (counts.get(served) ?? 0) + 1;
      this.#passed.set(one, counts.set(served, rows));
      this.most = Math.max(this.most, rows);
    }
  }

  /** It has nothing waiting any more. */
  forget(one: unknown): void {
    this.#passed.delete(one);
  }
}

test.each([1, 4, 8, 64, UNLIMITED])(
  'at %i rows a batch nobody runs more than its share while another waits, neither principals nor the sessions of one',
  async (maxBatchRows) => {
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 2 }), async (list, slots) => {
        const t = new TestHub(new PuppetEngine(slots), {
          maxBatchRows: Math.min(maxBatchRows, 4096),
          maxBatchMs: maxBatchRows === UNLIMITED ? 60_000 : 50,
          maxQueueRows: 4096,
          maxInFlightRows: 4096,
        });
        const open = (i: number): Origin => t.hub.openOrigin(`o${i}`, { principal: `p${i >> 1}` });
        const origins = Array.from({ length: ORIGINS }, (_, i) => open(i));
        const owner: Origin[] = [];
        const sent: Sent[] = [];
        const [principals, sessions] = [new Waits(), new Waits()];
        let seen = 0;
        const waitingOf = (origin: Origin): number => {
          let rows = 0;
          for (const pending of origin.requests.values()) rows += pending.queuedRows;
          return rows;
        };
        // What waits now has waited while all of the new runs were taken, minus what they took after it.
        const look = (): void => {
          const rows = t.engine.runs.slice(seen).flatMap(({ values }) => values.map((value) => owner[Number(value)]));
          seen = t.engine.runs.length;
          const left = new Map(origins.map((origin) => [origin, waitingOf(origin)]));
          for (const origin of rows) if (origin !== undefined) left.set(origin, (left.get(origin) ?? 0) + 1);
          for (const origin of rows) {
            if (origin === undefined) continue;
            left.set(origin, (left.get(origin) ?? 0) - 1);
            const waiting = [...left].flatMap(([one, count]) => (count > 0 ? [one] : []));
            const siblings = waiting.filter(({ principal }) => principal === origin.principal);
            principals.count(origin.principal, [...new Set(waiting.map(({ principal }) => principal))]);
            sessions.count(origin, siblings);
          }
          for (const origin of origins) {
            if (waitingOf(origin) > 0) continue;
            sessions.forget(origin);
            if (origins.every((one) => one.principal !== origin.principal || waitingOf(one) === 0))
              principals.forget(origin.principal);
          }
        };
        for (const step of list) {
          const origin = origins['origin' in step ? step.origin : 0] ?? t.origin;
          if (step.kind === 'send') {
            const input = Array.from({ length: step.rows }, () => owner.push(origin) - 1);
            sent.push(t.send(input, { origin }));
          } else if (step.kind === 'cancel') {
            const pending = sent[step.index]?.pending;
            if (pending !== undefined) t.hub.cancel(pending);
          } else if (step.kind === 'close') {
            t.hub.closeOrigin(origin);
            origins[step.origin] = open(step.origin);
          } else if (t.engine.running > 0) await t.engine.finish();
          look();
          t.clock.turn();
          look();
        }
        for (t.clock.turn(); t.engine.running > 0; t.clock.turn()) {
          look();
          await t.engine.finish();
        }
        look();

        expect(Math.max(principals.most, sessions.most)).toBeLessThanOrEqual(Math.min(QUANTUM_ROWS, maxBatchRows));
        expect(t.hub.queuedRows).toBe(0);
        expect(sent.every(({ settlements, refusal }) => settlements === (refusal === undefined ? 1 : 0))).toBe(true);
      }),
      { numRuns: 120 },
    );
  },
);
