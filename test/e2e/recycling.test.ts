/** A runtime that leaks: its thread is replaced, and not one request is lost. */

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { WorkerEngine } from '../../dist/server/engine/worker-engine.js';
import { systemClock } from '../../server/app/system-clock.js';
import type { EngineEvent } from '../../server/contracts/engine-events.js';
import { batchBytes } from '../../shared/batch-layout.js';
import { until } from '../support/until.js';

const LEAKING = new URL('../fixtures/leaking-runtime.mjs', import.meta.url).href;

test('a thread whose memory grows is replaced while batches run, and every batch is answered', async () => {
  const events: EngineEvent[] = [];
  const resident = (): number => process.memoryUsage.rss();
  const engine = new WorkerEngine({
    clock: { ...systemClock, setTimer: (ms, run) => systemClock.setTimer(ms === 10_000 ? 50 : ms, run) },
    backend: 'wasm',
    threads: 2,
    runtimeModules: [LEAKING],
    // Each batch leaks a megabyte of the thread that runs it.
    maxEngineBytes: resident() + 200 * 2 ** 20,
    bytes: resident,
    onEvent: (event) => events.push(event),
  });
  const none = { inputs: [], featuriser: undefined, options: {} };
  const folder = join(fileURLToPath(import.meta.url), '..');
  const loaded = await engine.load({ ref: 'leaking@1', folder, file: '', runtime: 'leaking', ...none });
  if (!loaded.ok) throw new Error(loaded.problem);
  const { engineModel } = loaded;
  const outcomes = new Map<string, number>();
  const rounds = () => events.filter(({ type }) => type === 'threads-recycled');
  const run = async (): Promise<void> => {
    const buffer = new ArrayBuffer(batchBytes(engineModel, 1, 0));
    const { status } = await engine.run(engineModel, { rows: 1, buffer, hangMs: 10_000 });
    outcomes.set(status, (outcomes.get(status) ?? 0) + 1);
  };
  await until('it is recycled three times', async () => {
    await Promise.all(Array.from({ length: 8 }, run));
    return rounds().length >= 3;
  });

  expect([...outcomes.keys()]).toEqual(['done']);
  expect(events.filter(({ type }) => type === 'thread-lost')).toEqual([]);
  for (const round of rounds()) {
    if (round.type !== 'threads-recycled') continue;
    expect(round.threads).toBe(2);
    expect(round.bytesAfter).toBeLessThan(round.bytesBefore);
  }
  expect(engine.healthy).toBe(true);
  await engine.close();
});
