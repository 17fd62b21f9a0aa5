import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RequestChannel } from '../../../client/connection/channels.js';
import type { OutgoingRequest } from '../../../client/connection/socket-io.js';
import type { PredictResult } from '../../../client/requests/request.js';
import { RequestTable } from '../../../client/requests/request-table.js';
import { ManualClock } from '../../../server/testing/manual-clock.js';
import { hello } from './fake-socket.js';

const action = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('submit' as const),
      rows: fc.integer({ min: 1, max: 4 }),
      timeoutMs: fc.integer({ min: 1, max: 400 }),
      abortable: fc.boolean(),
      key: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('answer' as const), pick: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('refuse' as const), pick: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('abort' as const), pick: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.integer({ min: 0, max: 150 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('lose' as const), pick: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('move' as const), credit: fc.integer({ min: 1, max: 8 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('hello' as const), credit: fc.integer({ min: 1, max: 8 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('block' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const) }) },
);

interface Call {
  readonly value: number;
  readonly results: PredictResult[];
  readonly controller: AbortController | undefined;
}

/** A connection that the test opens and cuts. */
class Wire implements RequestChannel {
  readonly base64 = false;
  /** Since it was last opened. */
  sent: OutgoingRequest[] = [];
  isOpen = true;
  /** From its hello until it is cut. */
  isUp = false;
  isReleased = false;
  isUsedAfterRelease = false;
  readonly #onSent: (request: OutgoingRequest) => void;

  constructor(onSent: (request: OutgoingRequest) => void) {
    this.#onSent = onSent;
  }

  predict(request: OutgoingRequest): boolean {
    if (!this.isOpen) return false;
    this.isUsedAfterRelease ||= this.isReleased;
    this.sent.push(request);
    this.#onSent(request);
    return true;
  }

  cancel(): boolean {
    return this.isOpen;
  }

  release(): void {
    this.isReleased = true;
  }

  cut(): void {
    this.isOpen = false;
    this.isUp = false;
    this.sent = [];
  }
}

function callOf({ input }: OutgoingRequest): number {
  return (input as number[][])[0]?.[0] ?? -1;
}

test('settles every request exactly once, with its own answer, whatever happens in whatever order', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 80 }), (actions) => {
      const clock = new ManualClock();
      const sent: OutgoingRequest[] = [];
      const calls: Call[] = [];
      const open = (): Wire => new Wire((request) => sent.push(request));
      let current = open();
      /** Earlier connections that are not lost. */
      const older: Wire[] = [];
      const owedOn = (wire: Wire): OutgoingRequest[] =>
        wire.sent.filter((request) => calls[callOf(request)]?.results.length === 0);
      const inFlight = new RequestTable(clock, () => undefined, 12);
      let credit = 0;
      let closed = false;
      const close = (): void => {
        closed = true;
        inFlight.close(Object.assign(new Error('closed'), { code: 'CANCELLED' as const, retryable: false }));
      };

      for (const step of actions) {
        switch (step.do) {
          case 'submit': {
            const value = calls.length;
            const controller = step.abortable ? new AbortController() : undefined;
            const call: Call = { value, results: [], controller };
            calls.push(call);
            inFlight.submit({
              input: Array.from({ length: step.rows }, () => [value, 0, 0, 0]),
              fields: step.key === undefined ? {} : { key: step.key },
              timeoutMs: step.timeoutMs,
              signal: controller?.signal,
              settle: (result) => call.results.push(result),
            });
            break;
          }
          case 'answer': {
            const request = sent[step.pick % Math.max(1, sent.length)];
            if (request !== undefined) inFlight.prediction({ id: request.id, model: 'm@1', prediction: request.input });
            break;
          }
          case 'refuse': {
            const request = sent[step.pick % Math.max(1, sent.length)];
            if (request !== undefined)
              inFlight.predictionError({ id: request.id, code: 'OVERLOADED', message: 'full' });
            break;
          }
          case 'abort':
            calls[step.pick % Math.max(1, calls.length)]?.controller?.abort();
            break;
          case 'advance':
            clock.advance(step.ms);
            break;
          case 'lose': {
            const wires = [current, ...older];
            const wire = wires[step.pick % wires.length] ?? current;
            wire.cut();
            if (wire === current) credit = 0;
            else older.splice(older.indexOf(wire), 1);
            inFlight.lost(wire);
            break;
          }
          case 'hello':
            if (closed) break;
            current.isOpen = true;
            current.isUp = true;
            credit = Math.max(credit, step.credit);
            inFlight.connected(hello({ maxInFlightRows: step.credit }), current);
            break;
          case 'move':
            if (closed) break;
            if (current.isUp) older.push(current);
            current = open();
            current.isUp = true;
            credit = step.credit;
            inFlight.connected(hello({ maxInFlightRows: step.credit }), current);
            break;
          case 'block':
            current.isOpen = false;
            break;
          case 'close':
            close();
            break;
        }
        for (const call of calls) expect(call.results.length).toBeLessThanOrEqual(1);
        // A connection is released exactly when nothing sent on it is unanswered.
        if (!closed) for (const wire of older) expect(wire.isReleased).toBe(owedOn(wire).length === 0);
        expect(current.isUsedAfterRelease).toBe(false);
        expect(owedOn(current).length).toBeLessThanOrEqual(credit);
        if (older.length === 0) expect(inFlight.held.sentRows).toBeLessThanOrEqual(credit);
        expect(inFlight.held.waitingRows).toBeLessThanOrEqual(12 + 8);
      }
      clock.advance(1000);

      for (const { results, value } of calls) {
        expect(results).toHaveLength(1);
        for (const result of results) {
          if (result.ok) expect(result.value.prediction).toEqual(expect.arrayContaining([[value, 0, 0, 0]]));
        }
      }
      expect(inFlight.held).toEqual({ waitingRows: 0, sentRows: 0, answerable: 0, signals: 0 });
      expect(clock.timers).toBe(0);
    }),
    { numRuns: 600, seed: 20 },
  );
});

test('sends no id for two different requests', () => {
  const clock = new ManualClock();
  const ids = new Set<unknown>();
  const channel = {
    predict: (request: OutgoingRequest) => ids.add(request.id) === ids,
    cancel: () => true,
    base64: false,
    release: () => {},
  };
  const inFlight = new RequestTable(clock, () => undefined, 0);
  inFlight.connected(hello(), channel);

  for (let i = 0; i < 1000; i++) {
    inFlight.submit({ input: [1, 2, 3, 4], fields: {}, timeoutMs: 1000, signal: undefined, settle: () => {} });
  }

  expect(ids.size).toBe(1000);
});
