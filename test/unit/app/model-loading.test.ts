import pino from 'pino';
import { expect, test } from 'vitest';
import { loggedTo } from '../../../server/app/model-loading.js';
import type { ModelFolder } from '../../../server/models/repository.js';
import { ManualClock } from '../../../server/testing/manual-clock.js';

test('a model that takes long is told of every five seconds, until it is loaded', () => {
  const lines: string[] = [];
  const log = pino({ base: null, timestamp: false }, { write: (line) => lines.push(line) });
  const clock = new ManualClock();
  const over = loggedTo(log, clock).loading({ ref: 'big@1', folder: '/models/big/1' } as ModelFolder);
  clock.advance(4_999);
  expect(lines).toEqual([]);
  clock.advance(5_001);
  over();
  clock.advance(60_000);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { model: 'big@1', tookMs: 5_000, msg: 'a model is still being loaded' },
    { model: 'big@1', tookMs: 10_000 },
  ]);
});
