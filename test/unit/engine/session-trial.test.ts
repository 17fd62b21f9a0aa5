import { expect, test } from 'vitest';
import type { ModelSession } from '../../../server/contracts/runtime.js';
import {
  compareSessions,
  isQuicker,
  type SessionTrial,
  trySession,
} from '../../../server/engine/tfjs/session-trial.js';
import type { BatchViews } from '../../../shared/batch-layout.js';

function sessionOf(answer: (x: number) => number): ModelSession {
  const spec = { dtype: 'float32', shape: [1] } as const;
  return {
    describe: () => ({ inputs: [{ name: 'x', ...spec }], outputs: [{ name: 'y', ...spec }], engine: 'e', why: 'w' }),
    run({ inputs: [x], outputs: [y] }: BatchViews, rows: number) {
      for (let i = 0; i < rows; i++) if (x && y) y[i] = answer(x[i] ?? 0);
    },
    dispose() {},
  };
}

async function difference(one: (x: number) => number, two: (x: number) => number): Promise<string | undefined> {
  return compareSessions(await trySession(sessionOf(one)), await trySession(sessionOf(two)));
}

test('sessions agree within a thousandth of the largest element, and in what is no number', async () => {
  expect(
    await difference(
      (x) => x,
      (x) => x + 0.0005,
    ),
  ).toBeUndefined();
  expect(
    await difference(
      (x) => 1000 * x,
      (x) => 1000 * x + 0.3,
    ),
  ).toBeUndefined();
  expect(
    await difference(
      () => Number.NaN,
      () => Number.NaN,
    ),
  ).toBeUndefined();
});

test('sessions that differ beyond it are told by the first element', async () => {
  expect(
    await difference(
      (x) => x,
      (x) => x + 0.01,
    ),
  ).toMatch(/where it has/);
  expect(
    await difference(
      (x) => x,
      () => Number.NaN,
    ),
  ).toMatch(/^NaN where it has/);
});

test('a model that fails has a problem', async () => {
  const trial = await trySession(
    sessionOf(() => {
      throw new Error('no\nsuch thing');
    }),
  );
  expect(trial.problem).toBe('no; such thing');
});

test('another engine must be clearly quicker, by both sizes together', () => {
  const trial = (rowMs: number, manyMs: number) => ({ rowMs, manyMs }) as SessionTrial;
  expect(isQuicker(trial(1, 1), trial(1.4, 1.4))).toBe(false);
  expect(isQuicker(trial(1, 1), trial(1.6, 1.6))).toBe(true);
  expect(isQuicker(trial(1, 10), trial(20, 1))).toBe(false);
});
