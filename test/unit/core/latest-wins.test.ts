import { expect, test } from 'vitest';
import { makeHub, makeModel, type Sent, type TestHub } from '../../support/core.js';

function send(
  t: TestHub,
  x: number,
  key: string,
  more: { id?: number; model?: string; origin?: TestHub['origin'] } = {},
): Sent {
  const { id, model, origin = t.origin } = more;
  const sent: Sent = { refusal: undefined, pending: undefined, settlements: 0, values: undefined, error: undefined };
  const verdict = t.hub.submit({ input: [x], id, model, timeoutMs: 10_000, key }, origin, (outcome) => {
    sent.settlements += 1;
    if (outcome.ok) sent.values = [outcome.output.arrays[0]?.[outcome.output.firstRow] ?? Number.NaN];
    else sent.error = outcome.error;
  });
  return Object.assign(sent, verdict.accepted ? { pending: verdict.pending } : { refusal: verdict.error });
}

test('a newer request with the same key takes the place of one that waits, which is settled SUPERSEDED', async () => {
  const t = makeHub();
  const first = send(t, 1, 'k');
  const other = t.send([10]);
  const second = send(t, 2, 'k');
  t.clock.turn();
  await t.engine.finish();

  expect(first).toMatchObject({ settlements: 1, error: { code: 'SUPERSEDED', retryable: false } });
  expect(second).toMatchObject({ settlements: 1, values: [4] });
  expect(other.values).toEqual([20]);
  // In the older one's place, before what came in between.
  expect(t.engine.runs[0]?.values).toEqual([2, 10]);
});

test('one that is being computed is answered; only what waits is replaced', async () => {
  const t = makeHub();
  const running = send(t, 1, 'k');
  t.clock.turn();
  const waiting = send(t, 2, 'k');
  const newest = send(t, 3, 'k');
  await t.engine.finish();
  t.clock.turn();
  await t.engine.finish();

  expect(running.values).toEqual([2]);
  expect(waiting.error?.code).toBe('SUPERSEDED');
  expect(newest.values).toEqual([6]);
});

test('a key is scoped to its origin and its model', async () => {
  const t = makeHub({}, [makeModel('twice'), makeModel('other')]);
  const sent = [
    send(t, 1, 'k'),
    send(t, 2, 'k', { origin: t.hub.openOrigin('another') }),
    send(t, 3, 'k', { model: 'other' }),
  ];
  t.clock.turn();
  await t.engine.finish();
  t.clock.turn();
  await t.engine.finish();

  expect(sent.map(({ values }) => values)).toEqual([[2], [4], [6]]);
});

test('a newer request that is refused supersedes nothing', async () => {
  const t = makeHub();
  const first = send(t, 1, 'k', { id: 1 });
  const duplicate = send(t, 2, 'k', { id: 1 });
  const wrong = t.hub.submit({ input: 'text', id: 2, model: undefined, timeoutMs: 1000, key: 'k' }, t.origin, () => {});
  t.clock.turn();
  await t.engine.finish();

  expect(duplicate.refusal?.code).toBe('DUPLICATE_ID');
  expect(wrong.accepted).toBe(false);
  expect(first.values).toEqual([2]);
});

test('a newer request fits where the credit or the queue is used up by the one that it replaces', () => {
  const t = makeHub({ maxInFlightRows: 2, maxQueueRows: 2 });
  t.send([5]);
  send(t, 1, 'k');

  expect(send(t, 2, 'k').refusal).toBeUndefined();
  expect(t.send([6]).refusal?.code).toBe('OVERLOADED');
});

test('a thousand keystrokes leave one row waiting and no key behind', async () => {
  const t = makeHub();
  const sent = Array.from({ length: 1000 }, (_, i) => send(t, i, 'k'));
  const waiting = t.hub.queuedRows;
  t.clock.turn();
  await t.engine.finish();

  expect(waiting).toBe(1);
  expect(sent.filter(({ error }) => error?.code === 'SUPERSEDED')).toHaveLength(999);
  expect(sent.at(-1)?.values).toEqual([1998]);
  expect(t.origin.keyed.size).toBe(0);
  expect(t.hub.inFlight).toBe(0);
});
