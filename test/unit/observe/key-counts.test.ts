import { expect, test } from 'vitest';
import type { Predicted } from '../../../server/contracts/outcome.js';
import type { ObservedRequest } from '../../../server/contracts/tap.js';
import { KeyCounts } from '../../../server/observe/metrics/key-counts.js';
import { wireError } from '../../../shared/errors.js';

const request = (key: string | undefined, rows: number) => ({ origin: { key }, rows }) as unknown as ObservedRequest;
const outcome = (inferUs: number, batchRows: number) => ({ timing: { inferUs, batchRows } }) as unknown as Predicted;

test('rows, the share of the time in the model, and errors are counted for whoever asked', () => {
  const counts = new KeyCounts();
  counts.predicted(request('a', 10), outcome(1000, 40));
  counts.predicted(request('a', 1), outcome(100, 1));
  counts.predicted(request('b', 30), outcome(1000, 40));
  counts.predicted(request('b', 1), { timing: undefined } as unknown as Predicted);
  counts.predicted(request(undefined, 5), outcome(1, 5));
  counts.failed(request('b', 1));
  counts.refused({
    origin: { key: 'b' } as ObservedRequest['origin'],
    error: wireError('RATE_LIMITED', ''),
    model: undefined,
  });

  expect(Object.fromEntries(counts.all)).toEqual({
    a: { rows: 11, errors: 0, engineUs: 350, received: 0, sent: 0 },
    b: { rows: 31, errors: 2, engineUs: 750, received: 0, sent: 0 },
  });
});

test('a thousand keys are counted apart, the rest together', () => {
  const counts = new KeyCounts();
  for (let i = 0; i < 5000; i++) counts.predicted(request(`jwt:${i}`, 1), outcome(1, 1));
  const all = new Map(counts.all);
  expect(all.size).toBe(1001);
  expect(all.get('(others)')?.rows).toBe(4000);
});
