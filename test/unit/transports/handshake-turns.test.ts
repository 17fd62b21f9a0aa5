import { expect, test } from 'vitest';
import { ManualClock } from '../../../server/testing/manual-clock.js';
import { HandshakeTurns } from '../../../server/transports/handshake/handshake-turns.js';

test('handshakes of one moment are made over several turns, in order of arrival', () => {
  const clock = new ManualClock();
  const turns = new HandshakeTurns(clock);
  const made: number[] = [];
  const perTurn: number[] = [];
  for (let i = 0; i < 22; i++) expect(turns.take(() => made.push(i))).toBe(true);

  let before = 0;
  for (let turn = 0; turn < 10; turn++) {
    perTurn.push(made.length - before);
    before = made.length;
    clock.turn();
  }

  expect(made).toEqual(Array.from({ length: 22 }, (_, i) => i));
  expect(perTurn).toEqual([4, 4, 4, 4, 4, 2, 0, 0, 0, 0]);
});

test('one that comes while others wait is behind them', () => {
  const clock = new ManualClock();
  const turns = new HandshakeTurns(clock);
  const made: string[] = [];
  for (let i = 0; i < 10; i++) turns.take(() => made.push('early'));
  clock.turn();
  turns.take(() => made.push('late'));

  expect(made).toHaveLength(8);
  clock.turn();
  expect(made).toHaveLength(11);
  expect(made.at(-1)).toBe('late');
});

test('what waits is bounded', () => {
  const clock = new ManualClock();
  const turns = new HandshakeTurns(clock);
  let taken = 0;
  while (turns.take(() => undefined) && taken < 10_000) taken += 1;

  expect(taken).toBe(4 + 1_024);
  clock.turn();
  expect(turns.take(() => undefined)).toBe(true);
});
